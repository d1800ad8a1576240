import { main } from "@tta-dev/cli";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test, vi } from "vitest";
import { installSdk2 } from "../../scripts/install-sdk-2.ts";
import { afterwards } from "./initialized.fixture.ts";
import { start } from "./program.fixture.ts";

vi.setConfig({ testTimeout: 30_000 });

const HERE = fileURLToPath(new URL("../..", import.meta.url));

beforeAll(installSdk2, 300_000);

test.each(["no", "yes"])(
  "an SDK on another version of the API is told (existingSdk: %s)",
  async (existing) => {
    const ended = await start("registering-api.fixture.ts", { env: { EXISTING: existing } }).ended;
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
    const problems = JSON.parse(ended.stdout) as readonly { code: string; message: string }[];
    expect(problems[0]).toMatchObject({
      code: "api_copies",
      message: expect.stringMatching(/an SDK is registered .* version 1\.9\.1.*npm ls/) as string,
    });
    expect(problems.slice(1).map((problem) => problem.code)).toEqual(
      existing === "yes" ? ["not_attached"] : [],
    );
  },
);

test("tta doctor finds both copies", async () => {
  const project = mkdtempSync(join(tmpdir(), "tta-copies-"));
  afterwards(() => {
    rmSync(project, { recursive: true });
  });
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "library"), { recursive: true });
  const from = (folder: string): string => join(HERE, folder, "node_modules/@opentelemetry/api");
  const filter = (path: string): boolean => !path.includes("/build") && !path.includes("/dist");
  cpSync(from("."), join(modules, "@opentelemetry/api"), { recursive: true, filter });
  cpSync(from("tests/sdk-2"), join(modules, "library/node_modules/@opentelemetry/api"), {
    recursive: true,
    filter,
  });
  const printed: string[] = [];
  const terminal = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void printed.push(text),
  };
  const code = await main(["doctor"], { cwd: project, terminal });
  expect(code).toBe(1);
  expect(printed.join("\n")).toMatch(/failure +@opentelemetry\/api .*1\.10\.0 and 1\.9\.1/);
});
