/** How far a component has come, lowest first. */
export const componentStages = ["development", "staging", "production"] as const;
export type ComponentStage = (typeof componentStages)[number];

/** The stages that have gates: what is in development has to show nothing. */
export type GatedStage = Exclude<ComponentStage, "development">;

/** Returns the stage above; undefined where there is none. */
export function stageAfter(stage: ComponentStage): GatedStage | undefined {
  return stage === "development" ? "staging" : stage === "staging" ? "production" : undefined;
}
