import { durationBounds, scoreBounds } from "./buckets.ts";
import type { MetricTable } from "./definition.ts";
import {
  executionStatuses,
  loopEndings,
  primitiveTypes,
  waitKinds,
  waitOutcomes,
} from "./values.ts";

/** What runs, how long, and how it ended. */
export const executionMetrics = {
  "primitive.execution.count": {
    kind: "counter",
    unit: "{execution}",
    help: "Executions of a primitive that ended.",
    labels: {
      primitive_name: "open",
      primitive_type: { known: primitiveTypes },
      workflow_name: "open",
      agent_type: "open",
      status: executionStatuses,
      error_type: "open",
    },
  },
  "primitive.execution.duration": {
    kind: "histogram",
    unit: "s",
    help: "Time from the start of an execution to its end.",
    labels: {
      primitive_name: "open",
      primitive_type: { known: primitiveTypes },
      workflow_name: "open",
      status: executionStatuses,
    },
    bounds: durationBounds,
  },
  "primitive.execution.active": {
    kind: "upDown",
    unit: "{execution}",
    help: "Executions of a primitive that are running now.",
    labels: { primitive_name: "open", primitive_type: { known: primitiveTypes } },
  },
  "primitive.connection.count": {
    kind: "counter",
    unit: "{call}",
    help: "Calls from one primitive to another.",
    labels: {
      source_primitive: "open",
      target_primitive: "open",
      connection_type: { known: primitiveTypes },
    },
  },
  "agent.workflows.active": {
    kind: "upDown",
    unit: "{workflow}",
    help: "Workflow runs that are under way now.",
    labels: { agent_type: "open", workflow_name: "open" },
  },
  "loop.iterations": {
    kind: "counter",
    unit: "{iteration}",
    help: "Iterations of loops, by what ended the loop.",
    labels: { primitive_name: "open", ended_by: loopEndings },
  },
  "wait.duration": {
    kind: "histogram",
    unit: "s",
    help: "Time a run waited for a delay, an event or a person.",
    labels: { primitive_name: "open", wait_kind: waitKinds, outcome: waitOutcomes },
    bounds: durationBounds,
  },
  "evaluation.score": {
    kind: "histogram",
    unit: "1",
    help: "Scores given to runs.",
    labels: { score_name: "open", workflow_name: "open" },
    bounds: scoreBounds,
  },
  "execution.orphaned": {
    kind: "counter",
    unit: "{execution}",
    help: "Executions that ignored their abort beyond the grace.",
    labels: { primitive_name: "open" },
  },
} as const satisfies MetricTable;
