import type { Resource } from "@opentelemetry/resources";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ResolvedConfig } from "./config/config.ts";

/** Describes this program to whoever reads its telemetry: name, version, environment, and what OTEL_RESOURCE_ATTRIBUTES adds. */
export function buildResource({ config, resourceAttributes }: ResolvedConfig): Resource {
  const version = config.serviceVersion.value;
  return defaultResource().merge(
    resourceFromAttributes({
      ...Object.fromEntries(resourceAttributes),
      "service.name": config.serviceName.value,
      ...(version === undefined ? {} : { "service.version": version }),
      "deployment.environment.name": config.environment.value,
    }),
  );
}
