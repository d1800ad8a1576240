import { NotSerializableError } from "../errors.ts";
import { InProcessRuntime, realMachine } from "../runtime/in-process.ts";
import type { StepScope, WaitOptions } from "../runtime/port.ts";
import { linkSignal } from "../runtime/scope-for.ts";
import { Scope } from "../runtime/scope.ts";
import { activate } from "./ambient.ts";
import type { CallContext } from "./call-context.ts";
import { takeUp } from "./guard.ts";
import { Branch } from "./run.ts";
import { isAsyncIterable } from "./stream.ts";

/** What runs inside a journaled step runs in the process, as part of that one step. */
const inStep = { ...realMachine, kind: "in-step" };

/** Runs the body of a step where the call stands: under the step's signal and state, and with the time the call has left. */
async function inside<O>(
  call: CallContext,
  step: StepScope,
  body: (inner: CallContext) => O | PromiseLike<O>,
): Promise<O> {
  const { run, runtime, scope } = call.branch;
  const own = new Scope(undefined);
  const inner = new InProcessRuntime(own, run, runtime.machine ?? inStep);
  own.setDeadline(inner.elapsed() + (scope.deadline - runtime.elapsed()));
  const unlink = linkSignal(step.signal, own);
  try {
    return await body(call.within(new Branch(run, inner, own, step.state)));
  } finally {
    unlink();
  }
}

/** Runs a leaf where results are journaled. */
export function runJournaled(call: CallContext, input: unknown): Promise<unknown> {
  const { runtime, state } = call.branch;
  const body = call.edge!.node.run as (input: unknown, context: CallContext) => unknown;
  return runtime.step(
    call.path,
    async (scope) => {
      const result = await inside(call, scope, (inner) => activate(inner, body, input));
      if (isAsyncIterable(result))
        throw new NotSerializableError(
          `step "${call.path}" returned an async iterable, which a journal cannot hold; collect it inside the step`,
        );
      return result;
    },
    { state },
  );
}

/** Reads what the course of the run depends on; recorded where there is a journal, a plain call elsewhere. */
export function decide<O>(
  call: CallContext,
  segment: string,
  read: (inner: CallContext) => O | PromiseLike<O>,
): Promise<O> {
  const within = (context: CallContext): O | PromiseLike<O> =>
    activate(context, (_nothing, inner: CallContext) => read(inner), undefined);
  return takeUp(call, segment, async () => {
    const { runtime, state } = call.branch;
    if (runtime.inline) return within(call.within(call.branch));
    const path = `${call.path}/${segment}`;
    return runtime.step(path, (scope) => inside(call, scope, within), { state });
  });
}

export async function sleep(call: CallContext, segment: string, ms: number): Promise<void> {
  const { runtime, run } = call.branch;
  const startedAt = runtime.elapsed();
  try {
    await runtime.sleep(`${call.path}/${segment}`, ms);
  } finally {
    run.waitingMs += runtime.elapsed() - startedAt;
  }
}

export async function waitFor<T>(
  call: CallContext,
  name: string,
  options: WaitOptions,
): Promise<T> {
  const { runtime, run } = call.branch;
  const startedAt = runtime.elapsed();
  try {
    return await runtime.waitFor<T>(`${call.path}/${name}`, name, options);
  } finally {
    const waitedMs = runtime.elapsed() - startedAt;
    run.waitingMs += waitedMs;
    run.pausedMs += waitedMs;
  }
}
