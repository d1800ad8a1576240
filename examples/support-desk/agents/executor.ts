import { circuitBreaker, fallback, llm, retry, step, timeout, workflow } from "@tta-dev/primitives";
import type { Primitive } from "@tta-dev/primitives";
import type { OpenAI } from "openai";
import { chatParameters } from "../model-client.ts";
import { largeModel, smallModel } from "../models.ts";
import type { Pace } from "../pace.ts";
import type { Briefing, Draft } from "../ticket.ts";

/**
 * The executor: has a model write an answer.
 *
 * A failed call is repeated, after as long as the server asks for. When the large model keeps failing, the breaker stops
 * asking it for a while; the small one answers then, and if that fails too, the customer at least hears from the desk.
 */
export function createExecutor({
  client,
  pace,
}: {
  readonly client: OpenAI;
  readonly pace: Pace;
}): Primitive<Briefing, Draft> {
  const limited = (model: Primitive<Briefing, Draft>): Primitive<Briefing, Draft> =>
    timeout(model, { timeoutMs: pace.limitMs(20_000), graceMs: 200 });

  const large = circuitBreaker(
    retry(limited(askModel(client, largeModel.id, "quality")), {
      attempts: 3,
      backoff: {
        kind: "exponential",
        delayMs: pace.wallMs(500),
        maxDelayMs: pace.wallMs(4_000),
      },
    }),
    {
      failureRatio: 0.5,
      minimumCalls: 5,
      windowMs: pace.wallMs(5_000),
      openMs: pace.wallMs(3_000),
      halfOpenCalls: 2,
    },
  );
  const small = limited(askModel(client, smallModel.id, "fast"));

  return workflow(
    "executor",
    fallback(large, [small, step("canned-answer", cannedAnswer)]).named("draft"),
    { context: { agentType: "executor" } },
  );
}

/** One call of one model. Usage, model and id stay in the draft, where `llm` finds them. */
function askModel(client: OpenAI, model: string, tier: string): Primitive<Briefing, Draft> {
  return llm({
    provider: "openai",
    model,
    tier,
    call: async (briefing: Briefing, context) => {
      const answer = await client.chat.completions.create(
        chatParameters(briefing.ticket.question, model, instructionsFor(briefing)),
        { signal: context.signal },
      );
      const { id, usage, choices } = answer;
      const text = choices[0]?.message.content ?? "";
      return { ...briefing, text, model: answer.model, id, usage };
    },
  });
}

function instructionsFor({ ticket, docs, history }: Briefing): string {
  return [
    `You work at a support desk. Answer this ${ticket.kind} question.`,
    `Documents: ${docs.join("; ")}`,
    `Earlier tickets of this customer: ${history.join("; ")}`,
  ].join("\n");
}

function cannedAnswer(briefing: Briefing): Draft {
  return { ...briefing, text: "We have your question and will come back to you." };
}
