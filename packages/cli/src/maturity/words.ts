import type {
  ComponentEvaluation,
  GateName,
  GateResult,
  StageEvaluation,
} from "@tta-dev/observability/collectors";

/** Gates as people read them. */
export const gateTitles: Readonly<Record<GateName, string>> = {
  coverage: "coverage",
  slo_compliance: "SLOs",
  error_rate: "error rate",
  executions: "executions",
  days_observed: "days observed",
  docs: "docs",
};

export const marks: Readonly<Record<GateResult["status"], string>> = {
  passed: "✓",
  failed: "✗",
  no_data: "?",
};

/** The stage that matters now: the declared one where the component falls short of it, else the next. */
export function stageInQuestion({ declared, next }: ComponentEvaluation): StageEvaluation {
  return declared.met && next !== null ? next : declared;
}

/** Says in a few words how a component stands. */
export function verdictOf(evaluation: ComponentEvaluation): string {
  const { name, declared, next } = evaluation;
  const { stage, gates, missing } = stageInQuestion(evaluation);
  const open = `${missing.length} of ${gates.length} gates for ${stage} not passed`;
  if (!declared.met) return `falls short: ${open}`;
  if (next === null) return `meets ${stage}`;
  if (next.met) return `ready for ${stage}: tta maturity --promote ${quoted(name)}`;
  return open;
}

/** Counts those that are what they declare to be. */
export function totalsOf(components: readonly ComponentEvaluation[]): string {
  const short = components.filter(({ declared }) => !declared.met);
  const noun = components.length === 1 ? "component" : "components";
  return short.length === 0
    ? `${components.length} ${noun}, each meets the stage it declares`
    : `${components.length} ${noun}, ${short.length} short of the stage declared: ${short.map(({ name }) => name).join(", ")}`;
}

/** A name as an argument in a shell. */
function quoted(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
