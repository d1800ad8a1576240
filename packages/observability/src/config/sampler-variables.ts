import { oneOf, ratio } from "./kind.ts";
import type { Setting, VariableReader } from "./setting.ts";

/** What OTEL_TRACES_SAMPLER says; undefined where it is unset or unknown. */
export interface SamplerVariables {
  readonly rate: Setting<number> | undefined;
  readonly parentBased: Setting<boolean> | undefined;
}

const NAME = "OTEL_TRACES_SAMPLER";
const ARGUMENT = "OTEL_TRACES_SAMPLER_ARG";
const PARENT_BASED = "parentbased_";

const SAMPLERS = oneOf([
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
]);

/** Reads the standard variables of head sampling (OpenTelemetry, "Environment Variable Specification"). */
export function readSamplerVariables(read: VariableReader): SamplerVariables {
  const sampler = read.setting(NAME, SAMPLERS);
  if (sampler === undefined) return { rate: undefined, parentBased: undefined };
  const root = sampler.value.replace(PARENT_BASED, "");
  return {
    rate:
      root === "traceidratio"
        ? (read.setting(ARGUMENT, ratio) ?? { value: 1, source: NAME })
        : { value: root === "always_on" ? 1 : 0, source: NAME },
    parentBased: { value: sampler.value.startsWith(PARENT_BASED), source: NAME },
  };
}
