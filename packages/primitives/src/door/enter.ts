import { context as otel, trace } from "@opentelemetry/api";
import type { ContextInit, WorkflowContext } from "../context.ts";
import { checkContext } from "../context-init.ts";
import { remoteContext } from "../propagation.ts";
import { InProcessRuntime, realMachine } from "../runtime/in-process.ts";
import { Scope } from "../runtime/scope.ts";
import { State } from "../runtime/state.ts";
import { slot } from "../slot.ts";
import type { Edge } from "../tree/node.ts";
import { nowhere } from "../tree/place.ts";
import { currentCall } from "./ambient.ts";
import { CallContext } from "./call-context.ts";
import { Fields } from "./fields.ts";
import { cachedLabels, type LabelsCache } from "./labels.ts";
import { Branch, currentTracer, Run } from "./run.ts";
import { ambientOf } from "./span.ts";
import { isSupervised, supervise } from "./supervise.ts";

const NO_INIT: ContextInit = Object.freeze({});

/** What contexts made by `createContext` were made from: each execution with one is a run of its own. */
const inits = new WeakMap<CallContext, ContextInit>();

/** Runs a primitive: as a run of its own, or below the call that the running code belongs to. */
export function execute<O>(
  edge: Edge,
  input: unknown,
  given?: WorkflowContext | ContextInit,
): Promise<O> {
  try {
    if (given instanceof CallContext) {
      const init = inits.get(given);
      if (init === undefined) return given.invoke<O>(edge, input);
      return startRun<O>(edge, input, { ...init, workflowId: given.workflowId });
    }
    const init = given === undefined ? undefined : checkContext(given as ContextInit);
    const ambient = currentCall();
    if (ambient === undefined) return startRun<O>(edge, input, init ?? NO_INIT);
    return init === undefined
      ? ambient.invoke<O>(edge, input)
      : nest<O>(ambient, edge, { input, init });
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A context to execute with: every execution is a run of its own under these fields. */
export function openContext(init: ContextInit): CallContext {
  const context = holderOf(checkContext(init), init.workflowName, { labels: undefined });
  inits.set(context, init);
  // Outside of a run a child is one more context to begin runs with.
  context.child = (overrides) =>
    openContext({
      ...underDefaults({ ...init, workflowId: context.workflowId }, checkContext(overrides)),
      tags: { ...init.tags, ...overrides.tags },
    });
  return context;
}

function startRun<O>(edge: Edge, input: unknown, given: ContextInit): Promise<O> {
  const init = underDefaults(edge.node.context, given);
  const holder = holderOf(init, edge.node.workflowName ?? init.workflowName, edge);
  const { run } = holder.branch;
  if (edge.node.waits) run.mailbox();
  return isSupervised(init) || edge.node.waits
    ? supervise<O>(holder, edge, { input, init })
    : holder.invoke<O>(edge, input);
}

/** A nested execution is part of the run around it: what it is given applies below it alone. */
function nest<O>(
  ambient: CallContext,
  edge: Edge,
  { input, init }: { readonly input: unknown; readonly init: ContextInit },
): Promise<O> {
  const { runtime, scope, run, state } = ambient.branch;
  const { node } = edge;
  const isWorkflow = node.workflowName !== undefined;
  // Its defaults hold where the caller says nothing else, its name in any case.
  const fields = isWorkflow
    ? ambient.fields.below(node).with({ ...init, workflowName: undefined })
    : ambient.fields.with(init);
  const from = ambientOf(ambient);
  if (!isSupervised(init) || !(runtime instanceof InProcessRuntime))
    return ambient.within(ambient.branch, fields, from).invoke<O>(edge, input);
  const inner = runtime.within(new Scope(scope));
  const branch = new Branch(run, inner, inner.scope, state);
  return supervise<O>(ambient.within(branch, fields, from), edge, { input, init });
}

function underDefaults(defaults: ContextInit | undefined, given: ContextInit): ContextInit {
  if (defaults === undefined) return given;
  const init: Record<string, unknown> = { ...defaults };
  for (const [field, value] of Object.entries(given)) if (value !== undefined) init[field] = value;
  return init;
}

/** The context above a run: nothing runs in it, everything hangs below it. */
function holderOf(
  init: ContextInit,
  workflowName: string | undefined,
  labels: LabelsCache,
): CallContext {
  const { spans, registry } = slot();
  const scope = new Scope(undefined);
  const run = new Run(currentTracer(), (init.spans ?? spans) === "compact");
  const runtime =
    init.runtime === undefined
      ? new InProcessRuntime(scope, run, realMachine)
      : init.runtime.start({ scope, home: run, workflowId: init.workflowId });
  const { agentType } = init;
  const fields = new Fields(
    init,
    cachedLabels(labels, registry, { workflowName, agentType }),
    runtime,
  );
  run.named = fields;
  const state =
    init.state === undefined ? undefined : new State(undefined, Object.entries(init.state));
  const active = otel.active();
  const base = init.trace === undefined ? active : remoteContext(active, init.trace);
  const branch = new Branch(run, runtime, scope, state);
  return new CallContext(
    branch,
    fields,
    undefined,
    undefined,
    nowhere,
    base,
    trace.getSpan(base),
    true,
    0,
  );
}
