import type { Primitive } from "@tta-dev/primitives";
import { createCoordinator } from "./agents/coordinator.ts";
import type { Agents } from "./agents/coordinator.ts";
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

/** The desk: the coordinator, who takes a question and gives the reply, and whom it has work for. */
export interface Desk extends Agents {
  readonly coordinator: Primitive<Question, Reply>;
}

/** Puts the agents together. Nothing is called and nothing is opened before a question comes. */
export function createDesk({ modelUrl, people, speed = 1 }: DeskOptions): Desk {
  const pace = createPace(speed);
  const agents: Agents = {
    retriever: createRetriever({ knowledge: createKnowledge(pace), pace }),
    executor: createExecutor({ client: createModelClient(modelUrl), pace }),
    validator: createValidator(),
    handOff: createHandOff({ people, pace }),
  };
  return { ...agents, coordinator: createCoordinator(agents) };
}
