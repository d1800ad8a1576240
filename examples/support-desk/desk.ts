import type { Primitive } from "@tta-dev/primitives";
import { createCoordinator } from "./agents/coordinator.ts";
import { createExecutor } from "./agents/executor.ts";
import { createHandOff } from "./agents/hand-off.ts";
import { createRetriever } from "./agents/retriever.ts";
import { createValidator } from "./agents/validator.ts";
import { createKnowledge } from "./knowledge.ts";
import { createModelClient } from "./model-client.ts";
import { createPace } from "./pace.ts";
import type { People } from "./people.ts";
import type { Reply } from "./ticket.ts";
import type { Question } from "./traffic/question.ts";

/** Options of `createDesk`. */
export interface DeskOptions {
  /** Where the models are: the base URL of a server that speaks the OpenAI protocol. */
  readonly modelUrl: string;
  readonly people: People;
  /** How many times faster than real time the desk works. @default 1 */
  readonly speed?: number;
}

/** Puts the agents together. Nothing is called and nothing is opened before a question comes. */
export function createDesk({
  modelUrl,
  people,
  speed = 1,
}: DeskOptions): Primitive<Question, Reply> {
  const pace = createPace(speed);
  return createCoordinator({
    retriever: createRetriever({ knowledge: createKnowledge(pace), pace }),
    executor: createExecutor({ client: createModelClient(modelUrl), pace }),
    validator: createValidator(),
    handOff: createHandOff({ people, pace }),
  });
}
