import type { DefinitionWithDefault } from "../definition.ts";
import { listOf } from "../kind.ts";

/** How trace context travels in requests. */
export type PropagatorName = "tracecontext" | "baggage" | "b3" | "b3multi" | "none";

/** What goes in and out of requests. */
export const propagation = {
  propagators: {
    option: "propagators",
    kind: listOf<PropagatorName>(["tracecontext", "baggage", "b3", "b3multi", "none"]),
    variables: ["OTEL_PROPAGATORS"],
    fallback: ["tracecontext", "baggage"],
  } satisfies DefinitionWithDefault<readonly PropagatorName[]>,
};
