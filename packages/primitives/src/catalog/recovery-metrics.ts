import type { MetricTable } from "./definition.ts";
import {
  circuitCallKinds,
  circuitStates,
  compensationOutcomes,
  hedgeOutcomes,
  retryOutcomes,
  timeoutKinds,
} from "./values.ts";

/** What went wrong and was dealt with, and what held load back. */
export const recoveryMetrics = {
  "retry.outcomes": {
    kind: "counter",
    unit: "{execution}",
    help: "Executions of a retry, by how they ended.",
    labels: { primitive_name: "open", outcome: retryOutcomes },
  },
  "retry.attempts": {
    kind: "counter",
    unit: "{attempt}",
    help: "Attempts after the first, by the reason of the one before.",
    labels: { primitive_name: "open", reason: "open" },
  },
  "fallback.activations": {
    kind: "counter",
    unit: "{activation}",
    help: "Executions that an alternative served.",
    labels: { primitive_name: "open", served_by: "open", reason: "open" },
  },
  "timeout.expirations": {
    kind: "counter",
    unit: "{expiration}",
    help: "Time limits that ran out.",
    labels: { primitive_name: "open", kind: timeoutKinds },
  },
  "saga.compensations": {
    kind: "counter",
    unit: "{compensation}",
    help: "Compensations of saga steps, by outcome.",
    labels: { primitive_name: "open", step: "open", outcome: compensationOutcomes },
  },
  "circuit_breaker.state": {
    kind: "gauge",
    unit: "{state}",
    help: "State of a circuit breaker: 0 closed, 0.5 half-open, 1 open.",
    labels: { primitive_name: "open" },
  },
  "circuit_breaker.transitions": {
    kind: "counter",
    unit: "{transition}",
    help: "Changes of state of a circuit breaker.",
    labels: { primitive_name: "open", from: circuitStates, to: circuitStates },
  },
  "circuit_breaker.calls": {
    kind: "counter",
    unit: "{call}",
    help: "Calls of a circuit breaker, by how it counted them.",
    labels: { primitive_name: "open", kind: circuitCallKinds },
  },
  "bulkhead.in_use": {
    kind: "gauge",
    unit: "{call}",
    help: "Calls that a bulkhead has let in.",
    labels: { primitive_name: "open" },
  },
  "bulkhead.queued": {
    kind: "gauge",
    unit: "{call}",
    help: "Calls that wait for a bulkhead.",
    labels: { primitive_name: "open" },
  },
  "rate_limit.waiting": {
    kind: "gauge",
    unit: "{call}",
    help: "Calls that wait for a rate limit.",
    labels: { primitive_name: "open" },
  },
  "hedge.attempts": {
    kind: "counter",
    unit: "{attempt}",
    help: "Attempts of hedged calls, by outcome.",
    labels: { primitive_name: "open", outcome: hedgeOutcomes },
  },
} as const satisfies MetricTable;
