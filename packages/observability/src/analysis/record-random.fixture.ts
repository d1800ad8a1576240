import type { Registry } from "@tta-dev/primitives";

/**
 * Records values that depend on the seed alone: counts, moves, money and durations under a few labels each.
 *
 * Durations are multiples of 2^-20 s, whose sums are exact, so that they do not depend on the order of adding.
 */
export function recordRandom(registry: Registry, seed: number, count: number): void {
  const random = sequence(seed);
  const oneOf = <T>(values: readonly T[]): T => values[random() % values.length]!;
  for (let index = 0; index < count; index++) {
    const primitive = oneOf(["search", "draft", "check"]);
    const status = oneOf(["success", "error"] as const);
    const labels = { primitive_name: primitive, primitive_type: "step", status } as const;
    registry.counter("primitive.execution.count").bind(labels).add();
    registry
      .histogram("primitive.execution.duration")
      .bind(labels)
      .record(random() % 50 === 0 ? 0 : random() / 2 ** 20);
    registry
      .upDown("agent.workflows.active")
      .bind({ workflow_name: oneOf(["answer", "import"]) })
      .add(oneOf([1, 2, -1]));
    registry
      .counter("llm.cost.usd")
      .bind({ llm_provider: "openai", workflow_name: oneOf(["answer", "import"]) })
      .addNanoUsd(random());
    registry
      .histogram("evaluation.score")
      .bind({ score_name: "clarity" })
      .record(oneOf([0, 0.5, 1]));
  }
}

/** Whole numbers below 2^31, the same for the same seed (Lehmer's generator). */
function sequence(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647);
}
