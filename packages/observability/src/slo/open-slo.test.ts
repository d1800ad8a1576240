import { defineSlo } from "@tta-dev/primitives/slo";
import type { Slo, SloOptions } from "@tta-dev/primitives/slo";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { toOpenSlo, type OpenSloOptions } from "./open-slo.ts";
import { violationsOf, type Parsed } from "./open-slo-rules.fixture.ts";
import { availability } from "./slo.fixture.ts";

function objectsOf(
  slos: readonly Slo[],
  options: OpenSloOptions = { service: "support-desk" },
): readonly Parsed[] {
  return parseAllDocuments(toOpenSlo(slos, options)).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS() as Parsed;
  });
}

/** The names of all objects, inner ones too, by kind. */
function namesOf(objects: readonly Parsed[]): readonly string[] {
  return [...JSON.stringify(objects).matchAll(/"kind":"(\w+)","metadata":\{"name":"([^"]+)"/g)]
    .map(([, kind = "", name = ""]) => `${kind} ${name}`)
    .toSorted();
}

const latency: SloOptions = {
  name: "answered-fast",
  description: "Nineteen in twenty answers take at most two seconds.",
  objective: 0.95,
  windowDays: 28,
  indicator: { kind: "latency", thresholdMs: 2000 },
  workflow: "answer-question",
  alerts: [{ longWindow: "6h", shortWindow: "30m", factor: 6, severity: "ticket" }],
};

describe("OpenSLO", () => {
  it("has the service, the SLO, its indicator, its alerts and whom they go to", () => {
    const [service, slo, target, ...rest] = objectsOf([defineSlo(latency)], {
      service: "Support desk",
      labels: { job: "support-desk" },
    });
    expect(rest).toEqual([]);
    expect(service).toEqual({
      apiVersion: "openslo/v1",
      kind: "Service",
      metadata: { name: "support-desk", displayName: "Support desk" },
      spec: {},
    });
    const metadata = { name: "answered-fast", displayName: "answered-fast" };
    const source = (query: string): object => ({
      metricSource: { type: "Prometheus", spec: { query } },
    });
    const description =
      "The error budget is spent more than 6 times too fast, over 6h and over 30m.";
    expect(slo).toEqual({
      apiVersion: "openslo/v1",
      kind: "SLO",
      metadata: {
        ...metadata,
        annotations: {
          "tta.dev/slo": "answered-fast",
          "tta.dev/indicator": '{"kind":"latency","thresholdMs":2000}',
          "tta.dev/min-events": "10",
          "tta.dev/workflow": "answer-question",
        },
      },
      spec: {
        description: latency.description,
        service: "support-desk",
        indicator: {
          metadata,
          spec: {
            ratioMetric: {
              counter: true,
              bad: source('slo_events_bad_total{slo="answered-fast",job="support-desk"}'),
              total: source('slo_events_total{slo="answered-fast",job="support-desk"}'),
            },
          },
        },
        timeWindow: [{ duration: "28d", isRolling: true }],
        budgetingMethod: "Occurrences",
        objectives: [{ displayName: "answered-fast", target: 0.95 }],
        alertPolicies: [
          {
            kind: "AlertPolicy",
            metadata: {
              name: "answered-fast-burn-6h",
              annotations: { "tta.dev/short-window": "30m" },
            },
            spec: {
              description,
              alertWhenNoData: false,
              alertWhenResolved: true,
              alertWhenBreaching: true,
              conditions: [
                {
                  kind: "AlertCondition",
                  metadata: { name: "answered-fast-burn-6h" },
                  spec: {
                    description,
                    severity: "ticket",
                    condition: {
                      kind: "burnrate",
                      op: "gt",
                      threshold: 6,
                      lookbackWindow: "6h",
                    },
                  },
                },
              ],
              notificationTargets: [{ targetRef: "ticket" }],
            },
          },
        ],
      },
    });
    expect(target).toMatchObject({ kind: "AlertNotificationTarget", spec: { target: "ticket" } });
  });

  it("is as the specification demands, whatever the SLOs are called", () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, maxLength: 200 }),
      fc.string({ minLength: 1, maxLength: 15, unit: "grapheme" }),
      fc.constantFrom("a".repeat(200), "a b", "a-b", "A_b", "日本", "-", "👍".repeat(100)),
    );
    const slos = fc.uniqueArray(
      fc.record({ name: text, description: fc.string({ maxLength: 3000 }), workflow: text }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(slos, text, (given, service) => {
        const defined = given.map((one) => availability(one.name, one));
        const objects = objectsOf(defined, { service, labels: { job: service } });
        expect(objects.flatMap(violationsOf)).toEqual([]);
        const names = namesOf(objects);
        expect(new Set(names).size).toBe(names.length);
        const annotated = objects.map(({ metadata }) => (metadata as Parsed)["annotations"]);
        expect(
          annotated.flatMap((one) => (one === undefined ? [] : [(one as Parsed)["tta.dev/slo"]])),
        ).toEqual(defined.map(({ name }) => name.toWellFormed()));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { kind: "availability" },
    { kind: "latency", thresholdMs: 5 },
    { kind: "cost", budgetUsd: 0.02 },
    { kind: "quality", score: "helpfulness", threshold: 0.5 },
    { kind: "freshness", maxAgeMs: 5 },
    { kind: "custom" },
  ] as const)("exports every indicator: $kind", (indicator) => {
    const objects = objectsOf([availability("s", { indicator })]);
    expect(objects.flatMap(violationsOf)).toEqual([]);
  });

  it("has no alert policy and nobody to notify where there is no alert", () => {
    const objects = objectsOf([availability("s", { alerts: [] })]);
    expect(objects.map(({ kind }) => kind)).toEqual(["Service", "SLO"]);
    expect(objects[1]?.["spec"]).not.toHaveProperty("alertPolicies");
  });

  it("quotes names as PromQL does", () => {
    expect(toOpenSlo([availability('a "b"\\c\nd')], { service: "s" })).toContain(
      String.raw`slo_events_total{slo="a \"b\"\\c\nd"}`,
    );
  });

  it.each<[unknown, unknown, string]>([
    [5, { service: "s" }, "toOpenSlo(slos): expected an array, got 5"],
    [[{}], { service: "s" }, "expected what defineSlo() returns at index 0"],
    [[availability("a"), availability("a")], { service: "s" }, 'two SLOs are called "a"'],
    [[], undefined, "toOpenSlo: options is undefined; expected an object with service"],
    [[], {}, "toOpenSlo: service is undefined; expected a non-empty string"],
    [[], { service: "s", labels: { "a-b": "c" } }, "expected the name of a Prometheus label"],
    [[], { service: "s", labels: { a: 5 } }, "toOpenSlo: labels.a is 5"],
  ])("refuses what is wrong: %j, %j", (slos, options, message) => {
    expect(() => toOpenSlo(slos as Slo[], options as OpenSloOptions)).toThrow(message);
  });
});
