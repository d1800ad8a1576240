export { conditional } from "./composition/conditional.ts";
export {
  parallel,
  type ParallelJoin,
  type ParallelOptions,
  type ParallelOutput,
  type SettledBranch,
} from "./composition/parallel.ts";
export { sequential } from "./composition/sequential.ts";
export { workflow, type WorkflowOptions } from "./composition/workflow.ts";
export type { ContextInit, WorkflowContext } from "./context.ts";
export { createContext, currentContext } from "./create-context.ts";
export { step, type StepOptions } from "./define.ts";
export { isWorkflowError, type WorkflowErrorCode } from "./errors.ts";
export { toPrimitive, type Primitive, type Step } from "./primitive.ts";
export { contextFromHeaders } from "./propagation.ts";
export type { Backoff, Jitter } from "./recovery/backoff.ts";
export { fallback, type FallbackOptions } from "./recovery/fallback.ts";
export { retry, type RetryOptions } from "./recovery/retry.ts";
export { timeout, type TimeoutOptions } from "./recovery/timeout.ts";
