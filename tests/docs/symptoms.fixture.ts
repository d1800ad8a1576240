import { context, diag, logs, metrics, propagation, trace } from "@opentelemetry/api";
import {
  formatExposition,
  initializeObservability,
  type Observability,
  type ObservabilityOptions,
} from "@tta-dev/observability";
import { slot, workflow } from "@tta-dev/primitives";
import { tmpdir } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { vi } from "vitest";
import { main } from "../../packages/cli/src/main.ts";

/** What a person can see of a set-up that is not as it should be, in the words of docs/troubleshooting.md. */
export type Sight = string[];

const greet = workflow("greet", (name: string) => `Hello ${name}`);
const ours = /^(OTEL|PROMETHEUS|TTA)_|^(ENVIRONMENT|NODE_ENV|LOG_LEVEL)$/;

/** Nothing that the machine has set may count. */
export function clearEnvironment(): void {
  for (const name of Object.keys(process.env)) if (ours.test(name)) vi.stubEnv(name, undefined);
}

/** Takes back what is registered for the whole process. */
export function clearRegistrations(): void {
  vi.unstubAllEnvs();
  for (const api of [context, diag, logs, metrics, propagation, trace]) api.disable();
}

/** Starts, runs a workflow, looks at everything there is to see, and stops. */
export async function look(
  options: ObservabilityOptions,
  work: (observability: Observability) => unknown = () => greet.execute("Ada"),
): Promise<Sight> {
  const before = samples();
  const observability = initializeObservability({
    serviceName: "desk",
    prometheus: { port: 0 },
    shutdownTimeoutMs: 500,
    exitHooks: false,
    ...options,
  });
  await observability.ready;
  const seen: Sight = [];
  try {
    await work(observability);
    await observability.forceFlush();
    seen.push(`metricsUrl is ${observability.metricsUrl}`, `enabled is ${observability.enabled}`);
    seen.push(...settings("config", observability.config), ...(await pageOf(observability)));
  } finally {
    await observability.shutdown();
  }
  for (const { code, message } of observability.problems) seen.push(`problem ${code}`, message);
  for (const [name, value] of samples())
    if (value > (before.get(name) ?? 0)) seen.push(`${name} above 0`);
  return seen;
}

/** What `tta doctor` says, in a folder without a project. */
export async function doctor(...args: readonly string[]): Promise<Sight> {
  const out: string[] = [];
  const complain = (text: string): void => void out.push(text);
  const print = (text: string): void => void out.push(stripVTControlCharacters(text));
  await main(["doctor", ...args], { cwd: tmpdir(), terminal: { print, complain } });
  return out.flatMap((text) => text.split("\n")).map((line) => `tta doctor: ${line}`);
}

/** The log lines that are written meanwhile. */
export async function linesOf(work: () => unknown): Promise<readonly string[]> {
  let text = "";
  const { stdout } = process;
  stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    await work();
    // Lines are gathered over a turn.
    await new Promise((resolve) => void setImmediate(resolve));
  } finally {
    Reflect.deleteProperty(stdout, "write");
  }
  return text.split("\n").filter((line) => line.startsWith("{"));
}

function samples(): ReadonlyMap<string, number> {
  const page = formatExposition(slot().registry.snapshot(), {});
  return new Map(
    [...page.matchAll(/^([a-z]\S*) (\S+)$/gm)].map(([, name = "", value]) => [name, Number(value)]),
  );
}

async function pageOf({ metricsUrl }: Observability): Promise<Sight> {
  if (metricsUrl === undefined) return [];
  const response = await fetch(metricsUrl);
  return (await response.text()).split("\n").map((line) => `on the page: ${line}`);
}

function settings(path: string, value: object): Sight {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? settings(`${path}.${name}`, inner)
      : [`${path}.${name} is ${String(inner)}`],
  );
}
