import { stripVTControlCharacters } from "node:util";
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from "vitest/node";
import type { Tally } from "./tally.ts";
import { failure, total } from "./tally.ts";

/** What the reporter sends to the process that started vitest. */
export interface TallyMessage {
  readonly tally: Tally;
  /** False while the run goes on. */
  readonly finished: boolean;
}

/** Counts what vitest runs and tells the process that started it: after each test, and at the end. */
export default class TallyReporter implements Reporter {
  readonly #ended: TestModule[] = [];
  #soFar = total([]);

  async onTestCaseResult(): Promise<void> {
    await send({ tally: this.#soFar, finished: false });
  }

  async onTestModuleEnd(module: TestModule): Promise<void> {
    this.#ended.push(module);
    this.#soFar = count(this.#ended, []);
    await send({ tally: this.#soFar, finished: false });
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: "passed" | "failed" | "interrupted",
  ): Promise<void> {
    const interrupted = reason === "interrupted" ? [failure("the run was interrupted")] : [];
    await send({ tally: total([count(modules, unhandledErrors), ...interrupted]), finished: true });
  }
}

function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Tally {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const problems = unhandledErrors.map((error) => `unhandled error: ${firstLine(error)}`);
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") passed += 1;
      else if (result.state === "skipped") skipped.push(result.note ?? whySkipped(test));
      else failed += 1;
    }
    if (module.children.size === 0 && module.errors().length === 0) {
      problems.push(`${module.relativeModuleId}: no test in this file`);
    }
    // A file that cannot be loaded and a hook of a suite that throws fail no test of their own.
    for (const suite of [module, ...module.children.allSuites()] as (TestModule | TestSuite)[]) {
      const name = suite.type === "module" ? suite.relativeModuleId : suite.fullName;
      problems.push(...suite.errors().map((error) => `${name}: ${firstLine(error)}`));
    }
  }
  return { passed, failed: failed + problems.length, skipped, problems };
}

function whySkipped(test: TestCase): string {
  for (let suite = test.parent; ; suite = suite.parent) {
    if (suite.errors().length > 0) return "its suite failed";
    if (suite.type === "module") break;
  }
  if (test.options.mode === "todo") return "to do";
  return test.project.config.testNamePattern === undefined
    ? "no reason given"
    : "not selected by name";
}

function firstLine(error: SerializedError): string {
  return stripVTControlCharacters(error.message).trim().split("\n", 1)[0] ?? "";
}

function send(message: TallyMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined)
      throw new Error("this reporter runs under scripts/test.ts only");
    process.send(message, undefined, undefined, (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}
