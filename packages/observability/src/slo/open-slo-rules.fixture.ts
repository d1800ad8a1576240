/** An object of a YAML text, as it was read. */
export type Parsed = Readonly<Record<string, unknown>>;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DURATION = /^[1-9][0-9]*[mhdwMQY]$/;
const ANNOTATION =
  /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*\/)?[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;

/**
 * Lists what an object has against the text of the OpenSLO v1 specification, as far as it speaks of what is exported:
 * fields it demands, fields it does not know, and the form of each value.
 *
 * @see https://github.com/OpenSLO/OpenSLO/blob/main/README.md
 */
export function violationsOf(object: Parsed): readonly string[] {
  const found: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    if (!isRight) found.push(what);
  };
  const fields = (
    value: unknown,
    where: string,
    {
      needs,
      mayHave = [],
    }: { readonly needs: readonly string[]; readonly mayHave?: readonly string[] },
  ): Parsed => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      found.push(`${where} is no object`);
      return {};
    }
    const given = value as Parsed;
    for (const field of needs) check(given[field] !== undefined, `${where} lacks ${field}`);
    for (const field of Object.keys(given))
      check(needs.includes(field) || mayHave.includes(field), `${where} has ${field}`);
    return given;
  };
  const isText = (value: unknown, most: number): boolean =>
    value === undefined || (typeof value === "string" && value.length <= most);
  const one = (value: unknown, where: string): unknown => {
    check(Array.isArray(value) && value.length === 1, `${where} has not exactly one item`);
    return Array.isArray(value) ? value[0] : undefined;
  };
  const metadata = (value: unknown, where: string): void => {
    const { name, displayName, annotations } = fields(value, where, {
      needs: ["name"],
      mayHave: ["displayName", "labels", "annotations"],
    });
    check(typeof name === "string" && DNS_LABEL.test(name), `${where}: name`);
    check(isText(displayName, 63) && displayName !== "", `${where}: displayName`);
    for (const [key, text] of Object.entries((annotations ?? {}) as Parsed))
      check(ANNOTATION.test(key) && typeof text === "string", `${where}: annotation ${key}`);
  };
  const source = (value: unknown, where: string): void => {
    const { metricSource } = fields(value, where, { needs: ["metricSource"] });
    const { spec } = fields(metricSource, where, {
      needs: ["spec"],
      mayHave: ["metricSourceRef", "type"],
    });
    check(Object.keys(spec ?? {}).length > 0, `${where}: empty spec`);
  };
  const indicator = (value: unknown): void => {
    const given = fields(value, "indicator", { needs: ["metadata", "spec"] });
    metadata(given["metadata"], "indicator");
    const { ratioMetric } = fields(given["spec"], "indicator", {
      needs: ["ratioMetric"],
      mayHave: ["description"],
    });
    const ratio = fields(ratioMetric, "ratioMetric", { needs: ["counter", "bad", "total"] });
    check(typeof ratio["counter"] === "boolean", "ratioMetric: counter");
    source(ratio["bad"], "bad");
    source(ratio["total"], "total");
  };
  const policy = (value: unknown): void => {
    const given = fields(value, "policy", { needs: ["kind", "metadata", "spec"] });
    check(given["kind"] === "AlertPolicy", "policy: kind");
    metadata(given["metadata"], "policy");
    const flags = ["alertWhenNoData", "alertWhenResolved", "alertWhenBreaching"];
    const spec = fields(given["spec"], "policy", {
      needs: [...flags, "conditions", "notificationTargets"],
      mayHave: ["description"],
    });
    for (const flag of flags) check(typeof spec[flag] === "boolean", `policy: ${flag}`);
    check(isText(spec["description"], 1050), "policy: description");
    const { targetRef } = fields(one(spec["notificationTargets"], "targets"), "target", {
      needs: ["targetRef"],
    });
    check(typeof targetRef === "string" && DNS_LABEL.test(targetRef), "targetRef");
    const first = fields(one(spec["conditions"], "conditions"), "condition", {
      needs: ["kind", "metadata", "spec"],
    });
    check(first["kind"] === "AlertCondition", "condition: kind");
    metadata(first["metadata"], "condition");
    const { severity, condition } = fields(first["spec"], "condition", {
      needs: ["severity", "condition"],
      mayHave: ["description"],
    });
    check(typeof severity === "string" && severity !== "", "condition: severity");
    const { kind, op, threshold, lookbackWindow } = fields(condition, "condition", {
      needs: ["kind", "op", "threshold", "lookbackWindow"],
      mayHave: ["alertAfter"],
    });
    check(kind === "burnrate", "condition: burnrate");
    check(["lte", "gte", "lt", "gt"].includes(op as string), "condition: op");
    check(typeof threshold === "number", "condition: threshold");
    check(DURATION.test(String(lookbackWindow)), "condition: lookbackWindow");
  };

  const {
    apiVersion,
    kind,
    metadata: about,
    spec,
  } = fields(object, "object", {
    needs: ["apiVersion", "kind", "metadata", "spec"],
  });
  check(apiVersion === "openslo/v1", "apiVersion");
  metadata(about, "metadata");
  if (kind === "Service") fields(spec, "Service", { needs: [], mayHave: ["description"] });
  else if (kind === "AlertNotificationTarget") {
    const { target } = fields(spec, "target", { needs: ["target"], mayHave: ["description"] });
    check(typeof target === "string" && target !== "", "target");
  } else if (kind === "SLO") {
    const slo = fields(spec, "SLO", {
      needs: ["service", "indicator", "budgetingMethod", "objectives", "timeWindow"],
      mayHave: ["description", "alertPolicies"],
    });
    check(isText(slo["description"], 1050), "SLO: description");
    check(typeof slo["service"] === "string" && DNS_LABEL.test(slo["service"]), "SLO: service");
    check(slo["budgetingMethod"] === "Occurrences", "SLO: budgetingMethod");
    indicator(slo["indicator"]);
    const { duration, isRolling } = fields(one(slo["timeWindow"], "timeWindow"), "timeWindow", {
      needs: ["duration", "isRolling"],
    });
    check(isRolling === true && DURATION.test(String(duration)), "timeWindow");
    const { target } = fields(one(slo["objectives"], "objectives"), "objective", {
      needs: ["target"],
      mayHave: ["displayName"],
    });
    check(typeof target === "number" && target >= 0 && target < 1, "objective: target");
    for (const given of (slo["alertPolicies"] ?? []) as readonly unknown[]) policy(given);
  } else found.push(`kind ${String(kind)}`);
  return found;
}
