import { defineComponent } from "@tta-dev/primitives/slo";
import type { Component, ComponentOptions } from "@tta-dev/primitives/slo";
import type { Desk } from "./desk.ts";

/**
 * Says of each agent at which stage it is, and what it has to show for the next.
 *
 * @param folder This folder, seen from the one that paths are relative to: a program's is the one it was started in,
 *   that of `tta maturity` is the one of `tta.config.ts`.
 * @default folder this folder itself
 */
export function deskComponents(desk: Desk, folder = ""): readonly Component[] {
  const path = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const agent = (
    options: Pick<ComponentOptions, "name" | "stage" | "gates"> &
      Required<Pick<ComponentOptions, "workflow">>,
  ): Component =>
    defineComponent({
      ...options,
      owner: "support desk",
      docs: path("README.md"),
      coverage: {
        report: path("coverage/lcov.info"),
        include: path(`agents/${options.name}.ts`),
      },
    });

  return [
    agent({ name: "coordinator", stage: "staging", workflow: desk.coordinator }),
    agent({ name: "retriever", stage: "staging", workflow: desk.retriever }),
    agent({ name: "executor", stage: "staging", workflow: desk.executor }),
    agent({ name: "validator", stage: "staging", workflow: desk.validator }),
    agent({
      name: "hand-off",
      stage: "development",
      workflow: desk.handOff,
      // People are busy now and then: a question that nobody answers in time is no fault of the desk.
      gates: { staging: { errorRate: 0.15, executions: 10 } },
    }),
  ];
}
