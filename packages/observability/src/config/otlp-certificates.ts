import { readFileSync } from "node:fs";
import type { Report } from "../problem.ts";
import type { EnvironmentReader } from "./environment.ts";
import type { Signal } from "./settings/otlp.ts";

/** Certificates in PEM, for a collector that is spoken to over TLS. */
export interface TlsOptions {
  /** Trusted instead of the authorities that Node trusts. */
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const VARIABLES = [
  ["ca", "CERTIFICATE"],
  ["cert", "CLIENT_CERTIFICATE"],
  ["key", "CLIENT_KEY"],
] as const;

/**
 * Reads the files that OTEL_EXPORTER_OTLP_CERTIFICATE, _CLIENT_CERTIFICATE and _CLIENT_KEY name; the variable of the signal
 * wins over the general one. A file that cannot be read is reported. Undefined where there is none.
 */
export function readCertificates(
  signal: Signal,
  { environment, report }: { readonly environment: EnvironmentReader; readonly report: Report },
): TlsOptions | undefined {
  const found: Record<string, Buffer> = {};
  for (const [name, what] of VARIABLES) {
    const general = `OTEL_EXPORTER_OTLP_${what}`;
    const particular = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`;
    const variable = environment.text(particular) === undefined ? general : particular;
    const path = environment.text(variable);
    if (path === undefined) continue;
    try {
      found[name] = readFileSync(path);
    } catch (error) {
      report({
        code: "environment_variable",
        message: `${variable} is '${path}', which is ignored; expected the path of a PEM file that can be read (${String((error as NodeJS.ErrnoException).code)})`,
        subject: variable,
      });
    }
  }
  return Object.keys(found).length === 0 ? undefined : found;
}
