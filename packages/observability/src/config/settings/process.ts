import type { Definition, DefinitionWithDefault } from "../definition.ts";
import { flag, oneOf } from "../kind.ts";

/** What this does in and with the process. */
export const process = {
  disabled: {
    option: "disabled",
    kind: flag,
    variables: ["OTEL_SDK_DISABLED"],
    fallback: false,
  } satisfies DefinitionWithDefault<boolean>,
  existingSdk: {
    option: "existingSdk",
    kind: flag,
    variables: [],
    fallback: false,
  } satisfies DefinitionWithDefault<boolean>,
  consoleExporter: {
    option: "consoleExporter",
    kind: flag,
    variables: [],
  } satisfies Definition<boolean>,
  spans: {
    option: "spans",
    kind: oneOf(["full", "compact"]),
    variables: [],
    fallback: "full",
  } satisfies DefinitionWithDefault<"full" | "compact">,
  instrumentFetch: {
    option: "instrumentFetch",
    kind: flag,
    variables: [],
    fallback: true,
  } satisfies DefinitionWithDefault<boolean>,
};
