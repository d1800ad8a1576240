import type { ComponentEvaluation } from "@tta-dev/observability/collectors";
import { expect, it } from "vitest";
import { maturityText } from "./as-text.ts";

const short = (name: string): ComponentEvaluation => ({
  name,
  stage: "staging",
  declared: { stage: "staging", met: false, gates: [], missing: [] },
  next: null,
});

it("breaks the list of those that fall short where the terminal ends", () => {
  const components = ["coordinator", "retriever", "executor"].map(short);
  const text = maturityText({ source: "no runtime data", components }, 60);
  expect(text.split("\n\n").at(-1)).toBe(
    `3 components, 3 short of the stage declared: coordinator,
retriever, executor
no runtime data`,
  );
});
