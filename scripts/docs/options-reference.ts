import { readFileSync } from "node:fs";
import { delivery } from "../../packages/observability/src/config/settings/delivery.ts";
import { logging } from "../../packages/observability/src/config/settings/logging.ts";
import { metrics } from "../../packages/observability/src/config/settings/metrics.ts";
import { otlp } from "../../packages/observability/src/config/settings/otlp.ts";
import { process as processSettings } from "../../packages/observability/src/config/settings/process.ts";
import { prometheus } from "../../packages/observability/src/config/settings/prometheus.ts";
import { propagation } from "../../packages/observability/src/config/settings/propagation.ts";
import { sampling } from "../../packages/observability/src/config/settings/sampling.ts";
import { service } from "../../packages/observability/src/config/settings/service.ts";
import { code, markdownTable } from "./region.ts";

const OPTIONS = "packages/observability/src/config/options.ts";

/** What the definitions of the settings say of an option. */
export interface OptionFacts {
  /** Environment variables, the strongest first; SIGNAL stands for TRACES, METRICS and LOGS. */
  readonly variables: readonly string[];
  /** Undefined where there is none, or where it depends on something. */
  readonly fallback: unknown;
}

/** Every option that has a definition, by name. */
export function optionFacts(): ReadonlyMap<string, OptionFacts> {
  const { base, protocol, compression, timeout, headers, whole } = otlp("traces");
  const endpoint = { ...base, variables: [whole, ...base.variables] };
  const definitions = [
    ...[
      service,
      prometheus,
      sampling,
      processSettings,
      propagation,
      logging,
      metrics,
      delivery,
    ].flatMap((group) => Object.values<Definition>(group)),
    endpoint,
    protocol,
    compression,
    timeout,
    { option: "otlpHeaders", variables: headers },
  ] satisfies readonly Definition[];
  return new Map(
    definitions.map((definition) => [
      definition.option,
      {
        variables: definition.variables
          .map((source) => (typeof source === "string" ? source : source.variable))
          .map((name) => name.replace(/^(OTEL_EXPORTER_OTLP)_TRACES_/, "$1_SIGNAL_")),
        fallback: "fallback" in definition ? definition.fallback : undefined,
      },
    ]),
  );
}

interface Definition {
  readonly option: string;
  readonly variables: readonly (string | { readonly variable: string })[];
  readonly fallback?: unknown;
}

/** An option as its source declares it. */
export interface DocumentedOption {
  /** `prometheus.port` for a nested one. */
  readonly name: string;
  readonly means: string;
  /** What its doc comment says behind `@default`. */
  readonly default: string | undefined;
}

/** Reads the options and their doc comments. */
export function documentedOptions(): readonly DocumentedOption[] {
  const text = readFileSync(OPTIONS, "utf8");
  const nested = fieldsOf(text, "PrometheusOptions").map((field) => ({
    ...field,
    name: `prometheus.${field.name}`,
  }));
  return fieldsOf(text, "ObservabilityOptions").flatMap((field) =>
    field.name === "prometheus" ? nested : [field],
  );
}

function fieldsOf(text: string, name: string): readonly DocumentedOption[] {
  const body = new RegExp(`^export interface ${name} \\{\\n(.*?)^\\}`, "ms").exec(text)?.[1] ?? "";
  const fields = body.matchAll(/^ {2}\/\*\*((?:(?!\*\/).)*)\*\/\s+readonly (\w+)\?:/gms);
  return [...fields].map(([, comment = "", field = ""]) => {
    const lines = comment.split("\n").map((line) => line.trim().replace(/^\* ?/, ""));
    const told = lines.join(" ").split(/(?:^|\s)@/, 1)[0]!;
    return {
      name: field,
      means: told.replaceAll(/\s+/g, " ").trim(),
      default: /@default (.*)/.exec(lines.join("\n"))?.[1]?.trim(),
    };
  });
}

/** Every option as a table: its variables and default from the definitions, what it means from its doc comment. */
export function optionsTable(): string {
  const facts = optionFacts();
  return markdownTable(
    ["option", "environment variables, in order", "default", "means"],
    documentedOptions().map(({ name, means, default: told }) => {
      const { variables = [], fallback } = facts.get(name) ?? {};
      return [
        code(name),
        variables.map(code).join(", "),
        fallback === undefined ? (told ?? "none") : code(shown(fallback)),
        means,
      ];
    }),
  );
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}
