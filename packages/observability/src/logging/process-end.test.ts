import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/** A child takes a second on a busy machine; one that hangs is killed before the test is given up. */
const CHILD_TIMEOUT_MS = 15_000;
vi.setConfig({ testTimeout: 20_000 });

const LOGGER = new URL("logger.ts", import.meta.url).href;
const COUNT = 5000;
/** Runs a program at a terminal of its own and prints what it shows. */
const SCRIPT = "script";

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

interface Run {
  /** What happens to the child's standard output; by default all of it is read. */
  readonly read?: (output: NodeJS.ReadableStream) => void;
  readonly stdout?: "pipe" | number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program that has a logger, and lines of 200 characters. */
async function run(program: string, { read, stdout = "pipe", env }: Run = {}): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@tta-dev/source",
      "--input-type=module",
      "--eval",
      `import { getLogger } from ${JSON.stringify(LOGGER)};
      const logger = getLogger("child");
      const write = (count) => { for (let n = 0; n < count; n++) logger.info("line", { n, filler: "é".repeat(60) }); };
      ${program}`,
    ],
    {
      stdio: ["ignore", stdout, "pipe"],
      env: { PATH: process.env["PATH"], NODE_ENV: "production", ...env },
      cwd: import.meta.dirname,
      timeout: CHILD_TIMEOUT_MS,
      killSignal: "SIGKILL",
    },
  );
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => void errors.push(chunk));
  if (child.stdout !== null) {
    if (read === undefined) child.stdout.on("data", (chunk: Buffer) => void output.push(chunk));
    else read(child.stdout);
  }
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return {
    code,
    signal,
    output: Buffer.concat(output).toString(),
    errors: Buffer.concat(errors).toString(),
  };
}

/** The numbers of the lines, all of which have to be whole. */
function numbersIn(output: string): unknown[] {
  expect(output.endsWith("\n")).toBe(true);
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { readonly n: unknown }).n);
}

const all = Array.from({ length: COUNT }, (_, index) => index);

describe("every line arrives, in order, when the process", () => {
  test.each([
    ["returns from main", `write(${COUNT});`, 0],
    ["ends after an await", `await 0; write(${COUNT}); await 0;`, 0],
    ["calls process.exit", `write(${COUNT}); process.exit(3);`, 3],
    ["throws", `write(${COUNT}); throw new Error("on purpose");`, 1],
    ["rejects", `write(${COUNT}); await Promise.reject(new Error("on purpose"));`, 1],
    [
      "prints on its own, too",
      `process.stdout.write(""); write(${COUNT}); process.exitCode = 4;`,
      4,
    ],
  ])("%s", async (_how, program, expected) => {
    const { code, output, errors } = await run(program);
    expect([code, errors.includes("on purpose")]).toEqual([
      expected,
      program.includes("on purpose"),
    ]);
    expect(numbersIn(output)).toEqual(all);
  });

  test("calls process.exit while the reader is slow", async () => {
    const chunks: Buffer[] = [];
    const { code } = await run(`write(${COUNT}); process.exit(0);`, {
      read(output) {
        // The pipe is full when the process wants to end.
        output.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          output.pause();
          setTimeout(() => output.resume(), 5);
        });
      },
    });
    expect(code).toBe(0);
    expect(numbersIn(Buffer.concat(chunks).toString())).toEqual(all);
  });
});

describe("lines", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lines-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("stay whole between what the program prints itself", async () => {
    const { output } = await run(
      `for (let n = 0; n < 300; n++) { write(10); console.log("printed " + "y".repeat(100)); await new Promise(setImmediate); }`,
    );
    const lines = output.split("\n").slice(0, -1);
    expect(lines.filter((line) => line === `printed ${"y".repeat(100)}`)).toHaveLength(300);
    expect(
      lines.filter((line) => line.startsWith('{"timestamp"') && line.endsWith('"}')),
    ).toHaveLength(3000);
    expect(lines).toHaveLength(3300);
  });

  test("are written to a file, too", async () => {
    const path = join(folder, "file");
    const file = openSync(path, "w");
    const { code } = await run(`write(${COUNT}); process.exit(0);`, { stdout: file });
    closeSync(file);
    expect(code).toBe(0);
    expect(numbersIn(readFileSync(path, "utf8"))).toEqual(all);
  });

  test("disturb nobody where there is nobody to read them", async () => {
    const { code, errors } = await run(
      `for (let n = 0; n < 50; n++) { write(20); await new Promise((done) => setTimeout(done, 2)); }`,
      {
        read(output) {
          (output as NodeJS.ReadableStream & { destroy: () => void }).destroy();
        },
      },
    );
    expect([code, errors]).toEqual([0, ""]);
  });

  test("do not make the program wait for a reader that stands still, nor keep it alive for ever", async () => {
    const { code, errors } = await run(
      `write(20000);
      const dropped = () => process.stderr.write("went on");
      setImmediate(dropped);`,
      {
        read(output) {
          output.pause();
        },
      },
    );
    expect([code, errors]).toEqual([0, "went on"]);
  });

  test.each([
    ["debug", 2],
    ["WARNING", 0],
    ["nonsense", 1],
  ])("go by LOG_LEVEL=%s before anything is initialised", async (level, count) => {
    const { output } = await run(`logger.debug("a"); logger.info("b");`, {
      env: { LOG_LEVEL: level },
    });
    expect(output.split("\n").length - 1).toBe(count);
  });

  test("are JSON in development when they are piped", async () => {
    const { output } = await run(`logger.info("a");`, { env: { NODE_ENV: "development" } });
    expect(JSON.parse(output)).toMatchObject({ event: "a" });
  });

  test("are for people, in colours, at a terminal in development, and nowhere else", async ({
    skip,
  }) => {
    skip(!isInPath(SCRIPT), "the program `script` (util-linux) is not installed");
    const program = `import { getLogger } from ${JSON.stringify(LOGGER)}; getLogger("child").info("a", { n: 1 });`;
    const at = async (env: Readonly<Record<string, string>>): Promise<string> => {
      const command = `${process.execPath} --conditions=@tta-dev/source --input-type=module --eval '${program}'`;
      const child = spawn(SCRIPT, ["--quiet", "--return", "--command", command, "/dev/null"], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { PATH: process.env["PATH"], TERM: "xterm-256color", ...env },
        cwd: import.meta.dirname,
        timeout: CHILD_TIMEOUT_MS,
        killSignal: "SIGKILL",
      });
      const output: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => void output.push(chunk));
      await once(child, "close");
      return Buffer.concat(output).toString();
    };
    expect(await at({})).toContain("\u001b[32mINFO\u001b[39m: \u001b[36mchild: a");
    expect(await at({ NO_COLOR: "1" })).toMatch(/\] INFO: child: a \{"n":1\}/);
    expect(JSON.parse(await at({ NODE_ENV: "production" }))).toMatchObject({ event: "a" });
  });
});

function isInPath(name: string): boolean {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .some((folder) => existsSync(join(folder, name)));
}
