import type { TlsOptions } from "../config/otlp-certificates.ts";
import type { Compression } from "../config/settings/otlp.ts";

/** What a transport needs to know. */
export interface TransportOptions {
  /** Absolute URL. */
  readonly url: string;
  /** Headers of HTTP, or metadata of gRPC. Secrets: never shown. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: Compression;
  /** For `https://` and `grpcs://`. */
  readonly tls: TlsOptions | undefined;
}

/** Says who sends: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = "OTel-OTLP-Exporter-JavaScript tta-dev-observability";
