import type { Definition, DefinitionWithDefault, VariableSource } from "../definition.ts";
import { text } from "../kind.ts";
import { RESOURCE_VARIABLE } from "../resource-attributes.ts";

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

/** One attribute of OTEL_RESOURCE_ATTRIBUTES as the source of a setting. */
function resourceAttribute(name: string): VariableSource<string> {
  return {
    variable: RESOURCE_VARIABLE,
    read({ resourceAttributes }) {
      const value = resourceAttributes.get(name);
      return value === undefined || value === "" ? undefined : { value, source: RESOURCE_VARIABLE };
    },
  };
}
