import type { Report } from "../problem.ts";
import type { Given } from "./definition.ts";
import { orDefault } from "./definition.ts";
import type { EnvironmentReader } from "./environment.ts";
import { httpUrl, listOf, withoutSecrets } from "./kind.ts";
import type { TlsOptions } from "./otlp-certificates.ts";
import { readCertificates } from "./otlp-certificates.ts";
import { resolveHeaders } from "./otlp-headers.ts";
import { signalUrl, usualProtocol } from "./otlp-url.ts";
import type { Compression, OtlpProtocol, Signal } from "./settings/otlp.ts";
import { otlp, otlpSignals } from "./settings/otlp.ts";
import type { Setting } from "./setting.ts";
import { byDefault } from "./setting.ts";

/** Where a signal is sent. Holds secrets: never shown. */
export interface Collector {
  readonly url: string;
  readonly protocol: OtlpProtocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: Compression;
  readonly tls?: TlsOptions | undefined;
}

/** How one signal is sent. Safe to print: of headers it has the names, of URLs neither password nor query. */
export interface SignalConfig {
  readonly endpoint: Setting<string | undefined>;
  readonly protocol: Setting<OtlpProtocol>;
  readonly headers: Setting<readonly string[]>;
  readonly compression: Setting<Compression>;
  readonly timeoutMs: Setting<number>;
}

/** A collector, and what may be shown of it. */
export interface ResolvedSignal {
  readonly collector: Collector | undefined;
  readonly shown: SignalConfig;
}

/** What is looked at. */
export interface CollectorSources {
  readonly given: Given;
  readonly environment: EnvironmentReader;
  /** The option, unchecked. */
  readonly headers: unknown;
  readonly report: Report;
}

const exporterNames = listOf(["otlp", "console", "prometheus", "none"]);
const LOCAL_COLLECTOR = "http://localhost:4318";

/** Finds out where to send a signal. */
export function resolveCollector(signal: Signal, sources: CollectorSources): ResolvedSignal {
  const { given } = sources;
  const settings = otlp(signal);
  const off = turnedOff(signal, sources);
  const address = off === undefined ? addressOf(signal, sources) : undefined;
  const protocol =
    given(settings.protocol) ??
    (address === undefined
      ? byDefault<OtlpProtocol>("http/protobuf")
      : byPort(usualProtocol(address.value)));
  const { headers, names } = resolveHeaders(sources.headers, settings.headers, sources);
  const compression = orDefault(given, settings.compression);
  const timeoutMs = orDefault(given, settings.timeout);
  const url =
    address && (address.isWhole ? address.value : signalUrl(address.value, signal, protocol.value));
  return {
    collector:
      url === undefined
        ? undefined
        : {
            url,
            protocol: protocol.value,
            headers,
            timeoutMs: timeoutMs.value,
            compression: compression.value,
            tls: readCertificates(signal, sources),
          },
    shown: {
      endpoint:
        url === undefined
          ? (off ?? byDefault(undefined))
          : { value: withoutSecrets(url), source: address!.source },
      protocol,
      headers: names,
      compression,
      timeoutMs,
    },
  };
}

interface Address extends Setting<string> {
  /** Used as it is, without the signal's path. */
  readonly isWhole: boolean;
}

function addressOf(signal: Signal, { given, environment }: CollectorSources): Address | undefined {
  const settings = otlp(signal);
  const option = given({ ...settings.base, variables: [] });
  if (option !== undefined) return { ...option, isWhole: false };
  const whole = environment.setting(settings.whole, httpUrl);
  if (whole !== undefined) return { ...whole, isWhole: true };
  const base = given(settings.base);
  if (base !== undefined) return { ...base, isWhole: false };
  const exporters = exportersOf(signal, environment);
  return exporters?.value.includes("otlp") === true
    ? { value: LOCAL_COLLECTOR, source: exporters.source, isWhole: false }
    : undefined;
}

/** Says who does not want a signal pushed: the option, or else the signal's variable, where it does not name OTLP. */
function turnedOff(
  signal: Signal,
  { given, environment }: CollectorSources,
): Setting<undefined> | undefined {
  const chosen = given(otlpSignals) ?? exportersOf(signal, environment);
  const wanted: readonly string[] | undefined = chosen?.value;
  return chosen === undefined || wanted!.includes("otlp") || wanted!.includes(signal)
    ? undefined
    : { value: undefined, source: chosen.source };
}

/** What OTEL_{SIGNAL}_EXPORTER names. */
export function exportersOf(
  signal: Signal,
  environment: EnvironmentReader,
): Setting<readonly string[]> | undefined {
  return environment.setting(`OTEL_${signal.toUpperCase()}_EXPORTER`, exporterNames);
}

function byPort(protocol: OtlpProtocol): Setting<OtlpProtocol> {
  return protocol === "grpc" ? byDefault(protocol, "port 4317 is gRPC's") : byDefault(protocol);
}
