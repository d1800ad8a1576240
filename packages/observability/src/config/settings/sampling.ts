import type { DefinitionWithDefault, VariableSource } from "../definition.ts";
import { flag, oneOf, ratio } from "../kind.ts";
import type { Setting } from "../setting.ts";
import type { EnvironmentReader } from "../environment.ts";

const NAME = "OTEL_TRACES_SAMPLER";
const ARGUMENT = "OTEL_TRACES_SAMPLER_ARG";
const PARENT_BASED = "parentbased_";

/** The standard names of samplers (OpenTelemetry, "Environment Variable Specification"). */
const SAMPLERS = oneOf([
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
]);

const samplerRate: VariableSource<number> = {
  variable: NAME,
  read(environment) {
    const sampler = environment.setting(NAME, SAMPLERS);
    return sampler === undefined
      ? undefined
      : rateOf(sampler.value.replace(PARENT_BASED, ""), environment);
  },
};

const samplerParent: VariableSource<boolean> = {
  variable: NAME,
  read(environment) {
    // A wrong name was reported when the rate was read.
    const name = environment.text(NAME);
    if (SAMPLERS.parse(name ?? "") === undefined) return undefined;
    return { value: name!.startsWith(PARENT_BASED), source: NAME };
  },
};

function rateOf(root: string, environment: EnvironmentReader): Setting<number> {
  if (root !== "traceidratio") return { value: root === "always_on" ? 1 : 0, source: NAME };
  return environment.setting(ARGUMENT, ratio) ?? { value: 1, source: NAME };
}

/** Which traces are recorded. */
export const sampling = {
  traceSampleRate: {
    option: "traceSampleRate",
    kind: ratio,
    variables: [samplerRate],
    fallback: 1,
  } satisfies DefinitionWithDefault<number>,
  parentBased: {
    option: "parentBased",
    kind: flag,
    variables: [samplerParent],
    fallback: true,
  } satisfies DefinitionWithDefault<boolean>,
};
