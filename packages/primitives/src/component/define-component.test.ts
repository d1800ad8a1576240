import { describe, expect, it } from "vitest";
import { retry, sequential, step, workflow, type Primitive } from "@tta-dev/primitives";
import { defineSlo } from "../slo/define-slo.ts";
import { defineComponent } from "./define-component.ts";
import { defaultGates } from "./gates.ts";
import { stageAfter } from "./stage.ts";

const search = step("search", (topic: string) => topic);
const retriever = workflow("retriever", sequential(search, retry(search, { attempts: 2 })));
const plain = { name: "retriever", stage: "staging", workflow: retriever } as const;

describe("defineComponent", () => {
  it("makes data of a workflow, with the defaults", () => {
    const component = defineComponent(plain);
    expect(component).toEqual({
      type: "component",
      name: "retriever",
      stage: "staging",
      parts: [{ name: "retriever", type: "workflow" }],
      slos: [],
      gates: defaultGates,
    });
    expect(JSON.parse(JSON.stringify(component))).toEqual(component);
  });

  it("keeps everything it is given", () => {
    expect(
      defineComponent({
        name: "search",
        stage: "production",
        primitives: [search, step("index", () => 1)],
        slos: ["fast", { name: "right" }],
        docs: "docs/search.md",
        owner: "search team",
        coverage: { report: "coverage/lcov.info", include: "src/**" },
        gates: { production: { errorRate: 0.002, docs: false, sloCompliance: false } },
      }),
    ).toEqual({
      type: "component",
      name: "search",
      stage: "production",
      parts: [
        { name: "search", type: "step" },
        { name: "index", type: "step" },
      ],
      slos: ["fast", "right"],
      docs: "docs/search.md",
      owner: "search team",
      coverage: { report: "coverage/lcov.info", include: ["src/**"] },
      gates: {
        staging: defaultGates.staging,
        production: {
          ...defaultGates.production,
          errorRate: 0.002,
          docs: false,
          sloCompliance: false,
        },
      },
    });
  });

  it("cannot be changed afterwards, nor by changing what it was made from", () => {
    const include = ["src/**"];
    const component = defineComponent({ ...plain, coverage: { report: "lcov.info", include } });
    include.push("more/**");
    expect(component.coverage?.include).toEqual(["src/**"]);
    for (const part of [component, component.parts, component.slos, component.gates.staging])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("takes over the SLOs of its workflow unless it names its own", () => {
    const judged = workflow("judged", search, {
      slos: [defineSlo({ name: "fast", objective: 0.9, indicator: { kind: "availability" } })],
    });
    expect(defineComponent({ ...plain, workflow: judged }).slos).toEqual(["fast"]);
    expect(defineComponent({ ...plain, workflow: judged, slos: [] }).slos).toEqual([]);
  });

  const nameless: Primitive<never, unknown> = sequential(search, search);
  it.each<[unknown, string]>([
    [undefined, "defineComponent(options): expected an options object, got undefined"],
    [{ ...plain, name: "" }, "defineComponent({ name }): expected a non-empty string"],
    [
      { ...plain, stage: "prod" },
      'defineComponent "retriever".stage: expected one of "development", "staging", "production", got "prod"',
    ],
    [{ ...plain, owners: "me" }, 'defineComponent "retriever": "owners" is none of its fields'],
    [{ name: "a", stage: "staging" }, "expected either workflow or primitives, got neither"],
    [{ ...plain, primitives: [search] }, "expected either workflow or primitives, got both"],
    [
      { ...plain, workflow: search },
      ".workflow: expected what workflow() returns, got a step; give other primitives as primitives",
    ],
    [{ ...plain, workflow: null }, ".workflow: expected what workflow() returns, got null"],
    [{ ...plain, workflow: { type: "workflow" } }, ".workflow: expected a primitive"],
    [{ ...plain, docs: "" }, '.docs: expected the path of a file, got ""'],
    [{ ...plain, docs: "https://x.dev" }, '.docs: expected the path of a file, got the URL "https'],
    [{ ...plain, owner: 1 }, ".owner: expected a non-empty string"],
    [{ ...plain, slos: "fast" }, '.slos: expected an array of SLOs, got "fast"'],
    [{ ...plain, slos: [null] }, ".slos[0]: expected a non-empty string"],
    [{ ...plain, slos: ["a", "a"] }, '.slos: "a" is in it twice'],
    [{ ...plain, gates: 1 }, ".gates: expected an options object, got 1"],
    [{ ...plain, gates: { prod: {} } }, '.gates: "prod" is none of its fields; expected staging, '],
    [{ ...plain, gates: { staging: 1 } }, ".gates.staging: expected an options object"],
    [
      { ...plain, gates: { staging: { coverge: 0.5 } } },
      '.gates.staging: "coverge" is none of its fields; expected coverage, sloCompliance, ',
    ],
    [
      { ...plain, gates: { staging: { coverage: 80 } } },
      ".gates.staging.coverage: expected a finite number of at least 0 and at most 1, got 80",
    ],
    [
      { ...plain, gates: { staging: { coverage: true } } },
      ".gates.staging.coverage: expected a finite number of at least 0 and at most 1, got true",
    ],
    [
      { ...plain, gates: { production: { daysObserved: 31 } } },
      ".gates.production.daysObserved: expected a whole number of at least 1 and at most 30, got 31",
    ],
    [
      { ...plain, gates: { production: { executions: 0.5 } } },
      ".gates.production.executions: expected a whole number of at least 1, got 0.5",
    ],
    [
      { ...plain, gates: { production: { docs: "yes" } } },
      '.gates.production.docs: expected true or false, got "yes"',
    ],
    [{ ...plain, coverage: "lcov.info" }, ".coverage: expected an options object"],
    [
      { ...plain, coverage: { report: "a", include: "b", exclude: "c" } },
      '.coverage: "exclude" is none of its fields; expected report, include',
    ],
    [{ ...plain, coverage: { include: "a" } }, ".coverage.report: expected the path of a file"],
    [{ ...plain, coverage: { report: "a" } }, ".coverage.include: expected a glob or an array"],
    [{ ...plain, coverage: { report: "a", include: [] } }, "array of globs, got an empty array"],
    [{ ...plain, coverage: { report: "a", include: [1] } }, ".include[0]: expected a glob such"],
    [{ ...plain, coverage: { report: "a", include: "!a" } }, 'takes files in, got only "!…"'],
    [
      { name: "a", stage: "staging", primitives: [] },
      ".primitives: expected an array of at least one primitive, got an array",
    ],
    [
      { name: "a", stage: "staging", primitives: [(): number => 1] },
      ".primitives[0]: expected a primitive, got a function; step(",
    ],
    [
      { name: "a", stage: "staging", primitives: [nameless] },
      ".primitives[0]: expected a primitive with a name of its own, got a sequential without",
    ],
    [
      { name: "a", stage: "staging", primitives: [search, search] },
      '.primitives: step "search" is at index 0 and at index 1; its metrics would be counted twice',
    ],
    [
      { name: "a", stage: "staging", primitives: [search, retriever] },
      '.primitives: workflow "retriever" has step "search" in it, which would be counted twice',
    ],
  ])("refuses %o", (options, message) => {
    let caught: unknown;
    try {
      defineComponent(options as never);
    } catch (error) {
      caught = error;
    }
    expect(caught).toSatisfy((one) => one instanceof TypeError || one instanceof RangeError);
    expect((caught as Error).message).toContain(message);
  });
});

describe("stageAfter", () => {
  it("leads from development to production and no further", () => {
    expect(stageAfter("development")).toBe("staging");
    expect(stageAfter("staging")).toBe("production");
    expect(stageAfter("production")).toBeUndefined();
  });
});
