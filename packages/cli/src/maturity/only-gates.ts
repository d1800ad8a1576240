import {
  missingWords,
  type ComponentEvaluation,
  type GateName,
  type StageEvaluation,
} from "@tta-dev/observability/collectors";

/** Leaves some gates alone, for a place where the others cannot be known. */
export function onlyGates(
  { declared, next, ...evaluation }: ComponentEvaluation,
  names: readonly GateName[],
): ComponentEvaluation {
  return {
    ...evaluation,
    declared: limited(declared, names),
    next: next === null ? null : limited(next, names),
  };
}

function limited<S extends StageEvaluation>(stage: S, names: readonly GateName[]): S {
  const gates = stage.gates.filter(({ gate }) => names.includes(gate));
  const missing = gates.filter(({ status }) => status !== "passed").map(missingWords);
  return { ...stage, gates, missing, met: missing.length === 0 };
}
