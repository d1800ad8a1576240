import { inspect } from "node:util";
import { metricDescriptor } from "@tta-dev/primitives/catalog";
import { checkSlos, objectiveWindow } from "@tta-dev/primitives/slo";
import type { BurnAlert, Slo } from "@tta-dev/primitives/slo";
import { stringify } from "yaml";
import { isRecord } from "../config/kind.ts";
import { displayName, dnsLabels } from "./open-slo-names.ts";

const API_VERSION = "openslo/v1";
const LONGEST_DESCRIPTION = 1050;

export interface OpenSloOptions {
  /** Name of the service that the SLOs are of. */
  readonly service: string;
  /**
   * Further labels that the series must have, for example `{ job: "support-desk" }`.
   *
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
}

interface OpenSloObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Writes SLOs as OpenSLO v1: a YAML text with a document for the service, for each SLO, and for each way to be notified.
 *
 * The indicator of each is the ratio of two counters in Prometheus, `slo_events_bad_total` by `slo_events_total`, which
 * count what the SLO judged: so every kind of indicator can be exported. An alert policy of OpenSLO has one window; the
 * short one of a burn alert stands in the annotation `tta.dev/short-window`.
 *
 * @throws TypeError or RangeError for what is no list of SLOs with names of their own, and for a wrong option
 * @example
 * ```ts
 * import { toOpenSlo } from "@tta-dev/observability";
 * import { defineSlo } from "@tta-dev/primitives/slo";
 *
 * const answered = defineSlo({ name: "answered", objective: 0.995, indicator: { kind: "availability" } });
 * const yaml = toOpenSlo([answered], { service: "support-desk", labels: { job: "support-desk" } });
 * ```
 * @see https://github.com/OpenSLO/OpenSLO
 */
export function toOpenSlo(slos: readonly Slo[], options: OpenSloOptions): string {
  checkSlos(slos, "toOpenSlo(slos)");
  if (!isRecord(options))
    throw new TypeError(
      `toOpenSlo: options is ${inspect(options)}; expected an object with service`,
    );
  const { service, labels = {} } = options;
  checkText(service, "service");
  for (const [label, value] of Object.entries(labels)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label))
      throw new RangeError(
        `toOpenSlo: labels has ${inspect(label)}; expected the name of a Prometheus label`,
      );
    checkText(value, `labels.${label}`);
  }
  const nameOf = dnsLabels();
  const policyNameOf = dnsLabels();
  const serviceName = dnsLabels()(service);
  const severities = new Set(slos.flatMap(({ alerts }) => alerts.map(({ severity }) => severity)));
  const objects: readonly OpenSloObject[] = [
    object("Service", metadata(serviceName, service), {}),
    ...slos.map((slo) =>
      sloObject(slo, { name: nameOf(slo.name), policyNameOf, serviceName, labels }),
    ),
    ...[...severities].map((severity) =>
      object("AlertNotificationTarget", metadata(severity, severity), { target: severity }),
    ),
  ];
  // A folded line would be the same query, but nobody could search for it.
  return objects.map((one) => stringify(one, { lineWidth: 0 })).join("---\n");
}

function sloObject(
  slo: Slo,
  {
    name,
    policyNameOf,
    serviceName,
    labels,
  }: {
    readonly name: string;
    readonly policyNameOf: ReturnType<typeof dnsLabels>;
    readonly serviceName: string;
    readonly labels: Readonly<Record<string, string>>;
  },
): OpenSloObject {
  const query = (metric: "slo.events" | "slo.events.bad"): object => ({
    metricSource: {
      type: "Prometheus",
      spec: {
        query: selector(metricDescriptor(metric).prometheusName, { slo: slo.name, ...labels }),
      },
    },
  });
  const annotations = {
    "tta.dev/slo": slo.name,
    "tta.dev/indicator": JSON.stringify(slo.indicator),
    "tta.dev/min-events": String(slo.minEvents),
    ...(slo.workflow !== undefined && { "tta.dev/workflow": slo.workflow }),
  };
  return object("SLO", metadata(name, slo.name, annotations), {
    ...(slo.description !== undefined && {
      description: slo.description.slice(0, LONGEST_DESCRIPTION).toWellFormed(),
    }),
    service: serviceName,
    indicator: {
      metadata: metadata(name, slo.name),
      spec: {
        ratioMetric: { counter: true, bad: query("slo.events.bad"), total: query("slo.events") },
      },
    },
    timeWindow: [{ duration: objectiveWindow(slo).name, isRolling: true }],
    budgetingMethod: "Occurrences",
    objectives: [{ displayName: displayName(slo.name), target: slo.objective }],
    ...(slo.alerts.length > 0 && {
      alertPolicies: slo.alerts.map((alert) =>
        alertPolicy(alert, policyNameOf(name, `-burn-${alert.longWindow}`)),
      ),
    }),
  });
}

function alertPolicy(
  { longWindow, shortWindow, factor, severity }: BurnAlert,
  name: string,
): object {
  const words = `The error budget is spent more than ${factor} times too fast, over ${longWindow} and over ${shortWindow}.`;
  return {
    kind: "AlertPolicy",
    metadata: { name, annotations: { "tta.dev/short-window": shortWindow } },
    spec: {
      description: words,
      alertWhenNoData: false,
      alertWhenResolved: true,
      alertWhenBreaching: true,
      conditions: [
        {
          kind: "AlertCondition",
          metadata: { name },
          spec: {
            description: words,
            severity,
            condition: {
              kind: "burnrate",
              op: "gt",
              threshold: factor,
              lookbackWindow: longWindow,
            },
          },
        },
      ],
      notificationTargets: [{ targetRef: severity }],
    },
  };
}

function object(
  kind: string,
  about: OpenSloObject["metadata"],
  spec: OpenSloObject["spec"],
): OpenSloObject {
  return { apiVersion: API_VERSION, kind, metadata: about, spec };
}

function metadata(
  name: string,
  title: string,
  annotations?: Readonly<Record<string, string>>,
): OpenSloObject["metadata"] {
  return { name, displayName: displayName(title), ...(annotations && { annotations }) };
}

/** A selector of PromQL; its strings have the escapes of Go. */
function selector(metric: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(
    ([label, value]) => `${label}=${JSON.stringify(value.toWellFormed())}`,
  );
  return `${metric}{${matchers.join(",")}}`;
}

function checkText(value: unknown, option: string): void {
  if (typeof value !== "string" || value === "")
    throw new TypeError(
      `toOpenSlo: ${option} is ${inspect(value, { depth: 0 })}; expected a non-empty string`,
    );
}
