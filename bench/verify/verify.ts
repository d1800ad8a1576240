import { createRequest, type ContextSize } from "../scenario.ts";
import { createOurs } from "../ours.ts";
import { registerSdk } from "../telemetry/sdk.ts";
import { compareOutcomes, compareTraces } from "./compare.ts";
import { observeSdk } from "./observe.ts";
import type { Verification } from "./verification.ts";

/**
 * Compares ours with an opponent: same output or same error, same spans, parents, statuses and attributes.
 *
 * @throws {Error} with every difference found.
 */
export const verifications: Readonly<Record<Verification, () => Promise<void>>> = {
  "by-hand:four": () => compareByHand("four"),
  "by-hand:usual": () => compareByHand("usual"),
  "by-hand:full": () => compareByHand("full"),
  async "hand-tuned:usual"() {
    const sdk = registerSdk("all");
    const { createHandTuned } = await import("../opponents/otel-hand-tuned.ts");
    const theirs = observeSdk(sdk, createHandTuned("usual"));
    await compareTraces({ ours: observeSdk(sdk, createOurs()), theirs, size: "usual" });
  },
  async "effect:usual"() {
    const sdk = registerSdk("all");
    const { observeEffect } = await import("./observe-effect.ts");
    await compareTraces({
      ours: observeSdk(sdk, createOurs()),
      theirs: observeEffect("usual"),
      size: "usual",
    });
  },
  async plain() {
    const { answerPlainly } = await import("../opponents/plain.ts");
    await compareOutcomes(bindRequest(), answerPlainly);
  },
  async langchain() {
    const { createLangchain } = await import("../opponents/langchain.ts");
    await compareOutcomes(bindRequest(), createLangchain());
  },
  async cockatiel() {
    const { compareGuards } = await import("./compare-guards.ts");
    await compareGuards();
  },
};

async function compareByHand(size: ContextSize): Promise<void> {
  const sdk = registerSdk("all");
  const { createByHand } = await import("../opponents/otel-by-hand.ts");
  const theirs = observeSdk(sdk, createByHand(size));
  await compareTraces({ ours: observeSdk(sdk, createOurs()), theirs, size });
}

function bindRequest() {
  const ours = createOurs();
  return (ticket: Parameters<typeof ours>[0]) => ours(ticket, createRequest.usual(ticket.id));
}
