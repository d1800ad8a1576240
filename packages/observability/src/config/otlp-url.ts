import type { OtlpProtocol, Signal } from "./settings/otlp.ts";

const GRPC_PORT = "4317";

/** The protocol that an address speaks when nobody says: port 4317 is gRPC's, everything else is HTTP. */
export function usualProtocol(url: string): OtlpProtocol {
  return new URL(url).port === GRPC_PORT ? "grpc" : "http/protobuf";
}

/**
 * Makes the address that a signal is sent to from a base URL: over HTTP the signal's path is appended, unless it is there
 * already (OpenTelemetry, "OTLP Exporter", "Endpoint URLs for OTLP/HTTP"); gRPC has no paths.
 */
export function signalUrl(base: string, signal: Signal, protocol: OtlpProtocol): string {
  if (protocol === "grpc") return base;
  const url = new URL(base);
  const own = `/v1/${signal}`;
  // Somebody who gives the whole address of one signal means that collector for the others, too.
  const path = url.pathname.replace(/\/+$/, "").replace(/\/v1\/(traces|metrics|logs)$/, "");
  url.pathname = path + own;
  return url.href;
}
