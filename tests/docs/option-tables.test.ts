import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fieldsOf, type Field } from "./sources.ts";
import { codeIn, tablesUnder, type Row } from "./tables.ts";

const PRIMITIVES = "packages/primitives/src";
const TESTING = `${PRIMITIVES}/testing`;

/** Where the fields of an interface are documented: the first column of the tables under a heading. */
const TABLES: readonly (readonly [document: string, heading: string, ...interfaces: string[]])[] = [
  ["primitives", "step", "define.ts StepOptions"],
  ["primitives", "observe", "define.ts ObserveOptions"],
  ["primitives", "definePrimitive", "define.ts PrimitiveDefinition"],
  ["primitives", "workflow", "composition/workflow.ts WorkflowOptions"],
  ["primitives", "parallel", "composition/parallel.ts ParallelOptions"],
  ["primitives", "map", "composition/map.ts MapOptions"],
  ["primitives", "race", "composition/race.ts RaceOptions"],
  ["primitives", "loop", "composition/loop.ts LoopOptions"],
  ["primitives", "retry", "recovery/retry.ts RetryOptions"],
  ["primitives", "retryBudget", "recovery/retry-budget.ts RetryBudgetOptions"],
  ["primitives", "fallback", "recovery/fallback.ts FallbackOptions"],
  ["primitives", "timeout", "recovery/timeout.ts TimeoutOptions"],
  ["primitives", "saga", "recovery/saga.ts SagaStep"],
  ["primitives", "circuitBreaker", "recovery/circuit-breaker.ts CircuitBreakerOptions"],
  ["primitives", "bulkhead", "load/bulkhead.ts BulkheadOptions"],
  ["primitives", "rateLimit", "load/rate-limit.ts RateLimitOptions"],
  ["primitives", "hedge", "load/hedge.ts HedgeOptions"],
  ["primitives", "cache", "cache/cache-options.ts CacheOptions"],
  ["primitives", "llm", "llm/llm.ts LlmOptions"],
  ["primitives", "router", "composition/router.ts RouterOptions"],
  ["primitives", "Look at a workflow", "explain/explain.ts ExplainOptions"],
  ["waiting", "waitFor and signal", "waiting/wait-for.ts WaitForOptions"],
  ["context", "Fields", "context.ts ContextInit"],
  ["slo", "defineSlo", "slo/slo.ts SloOptions"],
  ["components", "defineComponent", "component/component.ts ComponentOptions"],
  ["cli", "tta.config.ts", "config.ts TtaConfig"],
  [
    "testing",
    "Virtual time",
    "testing/virtual-runtime.ts VirtualRuntimeOptions",
    "testing/virtual-time.ts VirtualTimeOptions",
  ],
  ["testing", "Faults by chance", "testing/chaos.ts ChaosOptions"],
  [
    "testing",
    "Rehearsals",
    "testing/rehearsal.ts RehearseOptions",
    "testing/virtual-time.ts VirtualTimeOptions",
  ],
];

/** Not for users of the packages, or explained in words. */
const WITHOUT_A_TABLE = ["RegistryOptions", "SpanTreeOptions", "VirtualTimeOptions"];

const COLUMNS = /^(option|field)$/;

const tables = TABLES.map(([document, heading, ...interfaces]) => ({
  place: `docs/${document}.md, ${heading}`,
  rows: tablesUnder(`docs/${document}.md`, heading)
    .filter(([first]) => Object.keys(first ?? {}).some((column) => COLUMNS.test(column)))
    .flat(),
  fields: interfaces.flatMap((place) => {
    const [path = "", name = ""] = place.split(" ");
    return fieldsOf(`${PRIMITIVES}/${path}`, name);
  }),
}));

it.each(tables)("$place has every option and no other", ({ rows, fields }) => {
  expect(rows.flatMap(namesIn).toSorted()).toEqual(fields.map(({ name }) => name).toSorted());
});

const withDefaults = tables.filter(({ rows }) => rows.some((row) => row["default"] !== undefined));

it.each(withDefaults)("$place has their defaults", ({ rows, fields }) => {
  for (const field of fields) {
    const told = rows.find((row) => namesIn(row).includes(field.name))?.["default"] ?? "";
    expect(`${field.name}: ${told}`).toSatisfy(() => isTrue(told, field));
  }
});

it("every exported options interface has a table", () => {
  const documented = new Set(
    TABLES.flatMap((table) => table.slice(2)).map((one) => one.split(" ")[1]),
  );
  const exported = [`${PRIMITIVES}/index.ts`, `${TESTING}/index.ts`].flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/\b\w+Options\b/g)].map(([name]) => name),
  );
  const missing = exported.filter(
    (name) => !documented.has(name) && !WITHOUT_A_TABLE.includes(name),
  );
  expect(missing).toEqual([]);
});

it("every exported function and class is in a document", () => {
  const text = globSync("docs/*.md")
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const entries = ["index.ts", "testing/index.ts"].map((path) => `${PRIMITIVES}/${path}`);
  const exported = [...entries, "packages/observability/src/index.ts"].flatMap(valuesExportedBy);
  expect(exported.length).toBeGreaterThan(40);
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

function namesIn(row: Row): readonly string[] {
  return codeIn(row["option"] ?? row["field"] ?? "");
}

/** A literal default has to be there; one in words may be put otherwise. */
function isTrue(told: string, { isOptional, default: declared }: Field): boolean {
  if (!isOptional) return told === "required";
  if (told === "required" || told === "") return false;
  const literal = /^(?:[\d_.]+\b|"[^"]*"|true\b|false\b)/.exec(declared ?? "")?.[0];
  return (
    literal === undefined || told.replaceAll(/[`_]/g, "").includes(literal.replaceAll("_", ""))
  );
}

function valuesExportedBy(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/^export (?!type)\{([^}]*)\}/gm)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}
