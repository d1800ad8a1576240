import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "import-rules-"));
  copyFileSync(".oxlintrc.json", join(root, ".oxlintrc.json"));
});

afterAll(() => rmSync(root, { recursive: true }));

/** Says which of the imports the project's lint rules forbid in a file at `path`. */
function forbidden(path: string, imports: readonly string[]): readonly string[] {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(
    join(root, path),
    imports.map((name) => `import ${JSON.stringify(name)};\n`).join(""),
  );
  const linter = resolve("node_modules/oxlint/bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [linter, "--format=unix", path], {
    cwd: root,
    encoding: "utf8",
  });
  return [...stdout.matchAll(/'([^']+)' import is restricted/g)]
    .map(([, name = ""]) => name)
    .toSorted();
}

describe("imports of a package", () => {
  const primitives = ["@tta-dev/primitives", "@tta-dev/primitives/catalog"];
  const siblings = ["@tta-dev/cli", "@tta-dev/observability"];
  const others = ["@opentelemetry/sdk-trace", "fs", "pino", "vitest"];
  const always = [
    "../a.ts",
    "../b/c.ts",
    "./b.ts",
    "@opentelemetry/api",
    "lru-cache",
    "node:fs",
    "node:fs/promises",
  ];

  it("are its own files, node:*, the OpenTelemetry API and lru-cache in primitives", () => {
    const all = [
      ...primitives,
      ...siblings,
      ...others,
      ...always,
      "@opentelemetry/api/experimental",
    ];
    const allowed = new Set(always);
    expect(forbidden("packages/primitives/src/a/b.ts", all)).toEqual(
      all.filter((name) => !allowed.has(name)).toSorted(),
    );
  });

  it("may be test libraries and the package as its users see it, but no sibling, in the tests of primitives", () => {
    const all = [...primitives, ...siblings, ...others, ...always];
    expect(forbidden("packages/primitives/src/a.test.ts", all)).toEqual(siblings);
  });

  it("may be primitives, but no sibling, in any other package", () => {
    const all = [...primitives, ...siblings, ...others, ...always];
    expect(forbidden("packages/observability/src/a.ts", all)).toEqual(siblings);
    expect(forbidden("packages/observability/src/a.test.ts", all)).toEqual(siblings);
    expect(forbidden("packages/monitoring/src/a/b.ts", all)).toEqual(siblings);
  });

  it("may be every package in the command line", () => {
    expect(forbidden("packages/cli/src/a.ts", [...primitives, ...siblings])).toEqual([]);
  });

  it.each(["primitives", "observability", "cli"])("are never its own index in %s", (name) => {
    const indexes = ["../index.ts", "./index.ts", "./testing/index.ts"];
    expect(forbidden(`packages/${name}/src/a/b.ts`, indexes)).toEqual(indexes);
  });
});
