import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { main } from "../main.ts";

/** A project with components, on the disk, and `tta maturity` called in it. */
export interface MaturityProject {
  readonly write: (path: string, text: string) => void;
  /** Writes what a program would leave behind: days up to today, with executions and errors on each. */
  readonly writeState: (
    path: string,
    days: number,
    [executions, errors]: readonly [number, number],
  ) => void;
  readonly remove: (path?: string) => void;
  readonly tta: (
    ...args: readonly string[]
  ) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

export function createMaturityProject(): MaturityProject {
  const project = mkdtempSync(join(tmpdir(), "tta-maturity-"));
  const write = (path: string, text: string): void => {
    mkdirSync(join(project, path, ".."), { recursive: true });
    writeFileSync(join(project, path), text);
  };
  const imports = `import { workflow } from ${JSON.stringify(import.meta.resolve("@tta-dev/primitives"))};
    import { defineComponent } from ${JSON.stringify(import.meta.resolve("@tta-dev/primitives/slo"))};`;
  write(
    "tta.config.ts",
    `${imports}
    const greet = workflow("greet", (name: string) => name);
    const other = workflow("other", (name: string) => name);
    const coverage = { report: "coverage/lcov.info", include: "src/**" };
    export const config = {
      workflows: [greet, other],
      components: [
        defineComponent({ name: "greeter", stage: "staging", workflow: greet, docs: "greet.md", coverage, slos: ["fast"] }),
        defineComponent({ name: "other one", stage: "development", workflow: other, coverage: { ...coverage, include: "lib/**" } }),
      ],
    };`,
  );
  write("none/tta.config.ts", `${imports}\nexport const config = { workflows: [] };`);
  write(
    "old/tta.config.ts",
    `${imports}
    const greet = workflow("greet", (name: string) => name);
    export const config = { workflows: [greet], components: [
      defineComponent({ name: "old", stage: "production", workflow: greet }),
      defineComponent({ name: "young", stage: "development", workflow: greet, gates: { staging: { coverage: false, docs: false, executions: false, daysObserved: false, errorRate: false } } }),
    ] };`,
  );
  write("greet.md", "# Greeter\n\nGreets.\n");
  write("src/greet.ts", "");
  write("coverage/lcov.info", `SF:src/greet.ts\n${lines(9, 1)}end_of_record\n`);
  write("other.info", `SF:src/greet.ts\n${lines(1, 3)}end_of_record\n`);
  write("broken.json", "{}");

  return {
    write,
    writeState(path, days, [executions, errors]) {
      const rows = Array.from({ length: days }, (_, index) => ({
        day: new Date(Date.now() - index * 86_400_000).toISOString().slice(0, 10),
        stage: "staging",
        executions,
        errors,
      }));
      const slos = { fast: { compliance: 0.999, errorBudgetRemaining: 0.9, atMs: Date.now() } };
      const savedAtMs = Date.UTC(2026, 10, 20, 8);
      write(path, JSON.stringify({ version: 1, savedAtMs, use: { greeter: rows }, slos }));
    },
    remove(path = ".") {
      rmSync(join(project, path), { recursive: true });
    },
    async tta(...args) {
      const out: string[] = [];
      const err: string[] = [];
      const terminal = {
        print: (text: string) => out.push(stripVTControlCharacters(text)),
        complain: (text: string) => err.push(text),
        columns: 80,
      };
      const code = await main(["maturity", ...args], { cwd: project, terminal });
      return { code, out: out.join("\n"), err: err.join("\n") };
    },
  };
}

function lines(covered: number, uncovered: number): string {
  const hits = [
    ...Array.from({ length: covered }, () => 1),
    ...Array.from({ length: uncovered }, () => 0),
  ];
  return hits.map((hit, index) => `DA:${index + 1},${hit}\n`).join("");
}
