import * as primitives from "@tta-dev/primitives";
import { recordTelemetry } from "@tta-dev/primitives/testing";
import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeIn, tableUnder } from "./tables.ts";

interface Declared {
  readonly className: string;
  readonly fields: readonly string[];
}

/** Every error class, by its code. */
const declared = new Map<string, Declared>(
  globSync("packages/primitives/src/errors/*.ts")
    .flatMap((path) =>
      readFileSync(path, "utf8")
        .split(/^export class /m)
        .slice(1),
    )
    .flatMap((text) => {
      const code = /readonly code = "(\w+)"/.exec(text)?.[1];
      const className = /^\w+/.exec(text)?.[0];
      const fields = [...text.matchAll(/^ {2}readonly (\w+):/gm)].map(([, field = ""]) => field);
      return code === undefined ? [] : [[code, { className: className ?? "", fields }] as const];
    }),
);

describe("the table of errors in docs/primitives.md", () => {
  const rows = tableUnder("docs/primitives.md", "Errors").map((row) => ({
    code: codeIn(row["code"] ?? "")[0] ?? "",
    className: codeIn(row["class"] ?? "")[0] ?? "",
    fields: codeIn(row["fields besides `message` and `cause`"] ?? ""),
    status: codeIn(row["`execution.status`"] ?? "")[0],
  }));

  it("has every code once, with its class and fields", () => {
    expect(rows.map(({ code }) => code).toSorted()).toEqual([...declared.keys()].toSorted());
    for (const { code, className, fields } of rows) {
      expect({ code, className, fields }).toEqual({ code, ...declared.get(code) });
      expect(primitives).toHaveProperty(className);
    }
  });

  it.each(rows)("$code is reported as $status", async ({ code, className, status }) => {
    const { name } = (primitives as unknown as Record<string, { prototype: Error }>)[className]!
      .prototype;
    const throwing = primitives.step("throwing", () => {
      throw Object.assign(new Error("on purpose"), { name, code });
    });
    using telemetry = recordTelemetry();
    await expect(throwing.execute(undefined)).rejects.toThrow("on purpose");
    const [series] = telemetry
      .metrics("primitive.execution.count", { primitive_name: "throwing" })
      .filter(({ value }) => value > 0);
    expect(series?.labels).toMatchObject({ error_type: code, status });
  });
});
