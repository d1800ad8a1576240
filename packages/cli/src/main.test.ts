import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "./main.ts";

let project = "";
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "tta-cli-"));
  const primitives = JSON.stringify(import.meta.resolve("@tta-dev/primitives"));
  writeFileSync(
    join(project, "tta.config.ts"),
    `import { retry, sequential, workflow } from ${primitives};
     const greet = workflow("greet", sequential((name: string) => name, retry(async (name) => name, { attempts: 2 })));
     const other = workflow("other", (name: string) => name);
     export const config = { workflows: [greet, other] };`,
  );
  writeFileSync(join(project, "empty.ts"), "export const nothing = 1;");
  writeFileSync(join(project, "broken.ts"), "throw new Error('broken on purpose');");
});
afterAll(() => rmSync(project, { recursive: true }));

async function tta(
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    print: (text: string) => out.push(text),
    complain: (text: string) => err.push(text),
  };
  const code = await main(args, { cwd: project, terminal });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("tta", () => {
  it("says what it can do", async () => {
    const { code, out } = await tta("--help");
    expect(code).toBe(0);
    expect(out).toMatch(/workflows .*\n.*graph .*\n.*explain /);
    expect(await tta()).toMatchObject({ code: 2, out });
    expect((await tta("graph", "--help")).out).toContain("tta graph [WORKFLOW]");
    expect((await tta("--version")).out).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("lists workflows", async () => {
    const { code, out } = await tta("workflows");
    expect(code).toBe(0);
    expect(out).toMatch(/greet\s+2\s+3/);
    const { out: json } = await tta("workflows", "--json");
    expect(JSON.parse(json)).toEqual([
      { name: "greet", steps: 2, primitives: 3 },
      { name: "other", steps: 1, primitives: 1 },
    ]);
  });

  it("draws a workflow, as Mermaid and as data", async () => {
    expect((await tta("graph", "greet")).out).toMatch(/^flowchart /);
    expect(JSON.parse((await tta("graph", "greet", "--json")).out)).toMatchObject({
      type: "workflow",
      name: "greet",
    });
  });

  it("explains a workflow, as text and as data", async () => {
    expect((await tta("explain", "greet")).out).toContain("greet");
    const limited = await tta("explain", "greet", "--timeout", "1500", "--retry-after", "100");
    expect(limited.out).toMatch(/workflow greet +3 .* 1\.5 s\n?/);
    expect(JSON.parse((await tta("explain", "greet", "--json")).out)).toBeTypeOf("object");
  });

  it.each([
    [["nonsense"], 'no command is called "nonsense"'],
    [["graph"], "say which workflow: greet, other"],
    [["graph", "gret"], 'no workflow is called "gret"; there are: greet, other'],
    [["graph", "greet", "more"], 'unexpected argument "more"'],
    [["graph", "--jsn"], "'--jsn'"],
    [["graph", "greet", "--timeout", "5"], "'--timeout'"],
    [
      ["explain", "greet", "--timeout", "soon"],
      '--timeout: expected milliseconds above 0, got "soon"',
    ],
    [["workflows", "--config", "none.ts"], "none.ts: no such file"],
    [["workflows", "--config", "empty.ts"], 'exports no "config"'],
    [["workflows", "--config", "broken.ts"], "broken on purpose"],
  ])("answers %j with one clear line and exit code 2", async (args, message) => {
    const { code, out, err } = await tta(...args);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(err.split("\n")).toHaveLength(1);
  });
});
