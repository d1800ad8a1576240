import type { Definition, DefinitionWithDefault } from "../definition.ts";
import { text } from "../kind.ts";
import { resourceAttribute } from "../resource-attributes.ts";

/** What the program is. */
export const service = {
  serviceName: {
    option: "serviceName",
    kind: text,
    variables: ["OTEL_SERVICE_NAME", resourceAttribute("service.name")],
    fallback: "unknown_service:node",
  } satisfies DefinitionWithDefault<string>,
  serviceVersion: {
    option: "serviceVersion",
    kind: text,
    variables: [resourceAttribute("service.version")],
  } satisfies Definition<string>,
  environment: {
    option: "environment",
    kind: text,
    variables: [resourceAttribute("deployment.environment.name"), "ENVIRONMENT", "NODE_ENV"],
    fallback: "development",
  } satisfies DefinitionWithDefault<string>,
};
