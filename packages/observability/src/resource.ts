import type { Attributes } from "@opentelemetry/api";
import { containerDetector } from "@opentelemetry/resource-detector-container";
import type { Resource, ResourceDetector } from "@opentelemetry/resources";
import {
  defaultResource,
  detectResources,
  hostDetector,
  processDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
import type { ResolvedConfig } from "./config/config.ts";

/** What a command line, a path or a user's name may hold is nobody else's business. */
const PRIVATE = ["process.command", "process.command_args", "process.owner"];

/**
 * Describes this program to whoever reads its telemetry: name, version, environment, instance, machine, process and
 * container, and what OTEL_RESOURCE_ATTRIBUTES adds, which wins over what was detected.
 *
 * Some of it is found out in the background: `waitForAsyncAttributes` tells when.
 */
export function buildResource({ config, resourceAttributes }: ResolvedConfig): Resource {
  const version = config.serviceVersion.value;
  const detected = detectResources({
    detectors: [
      hostDetector,
      without(PRIVATE, processDetector),
      containerDetector,
      serviceInstanceIdDetector,
    ],
  });
  return defaultResource()
    .merge(detected)
    .merge(
      resourceFromAttributes({
        ...Object.fromEntries(resourceAttributes),
        "service.name": config.serviceName.value,
        ...(version === undefined ? {} : { "service.version": version }),
        "deployment.environment.name": config.environment.value,
      }),
    );
}

/** Attributes of a resource as far as they are known: what is found out in the background joins them later. */
export function knownAttributes(resource: Resource): () => Attributes {
  const known: Attributes = {};
  // Of two values the first in the list holds.
  for (const [name, value] of resource.getRawAttributes())
    if (value !== undefined && !isPending(value) && !Object.hasOwn(known, name))
      known[name] = value;
  let attributes = known;
  const settle = async (): Promise<void> => {
    await resource.waitForAsyncAttributes?.();
    attributes = resource.attributes;
  };
  void settle();
  return () => attributes;
}

function isPending<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value;
}

function without(names: readonly string[], detector: ResourceDetector): ResourceDetector {
  return {
    detect(config) {
      const { attributes = {}, ...rest } = detector.detect(config);
      const kept = Object.entries(attributes).filter(([name]) => !names.includes(name));
      return { ...rest, attributes: Object.fromEntries(kept) };
    },
  };
}
