/** Where every copy of @opentelemetry/api 1.x keeps what is registered; the first to register leaves its version there. */
const REGISTRATIONS = Symbol.for("opentelemetry.js.api.1");

interface Registrations {
  readonly version?: unknown;
  readonly trace?: unknown;
}

/**
 * Version of the copy of @opentelemetry/api that registered something first. Another copy can register nothing beside it
 * unless it is the same version, and a newer one does not even see what is registered.
 */
export function registeredApiVersion(): string | undefined {
  const version = registrations()?.version;
  return typeof version === "string" ? version : undefined;
}

/** Whether any copy of the API, visible to ours or not, holds a tracer provider. */
export function someCopyHasTracerProvider(): boolean {
  return registrations()?.trace !== undefined;
}

function registrations(): Registrations | undefined {
  return (globalThis as { readonly [REGISTRATIONS]?: Registrations })[REGISTRATIONS];
}
