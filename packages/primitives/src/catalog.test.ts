import { describe, expect, expectTypeOf, test } from "vitest";
import type {
  CounterName,
  GaugeName,
  HistogramName,
  LabelsOf,
  MoneyCounterName,
  UpDownName,
} from "./catalog.ts";
import {
  attributePrefixes,
  attributes,
  durationBounds,
  labelAttributes,
  metricDescriptors,
  metrics,
  prometheusName,
  scoreBounds,
  spanEvents,
  spanName,
  spanPatterns,
} from "./catalog.ts";

/** The telemetry contract, typed out by hand: name, kind, unit, Prometheus name, labels. */
const contract = `
primitive.execution.count      | counter   | {execution}    | primitive_execution_count_total      | primitive_name primitive_type workflow_name agent_type status error_type
primitive.execution.duration   | histogram | s              | primitive_execution_duration_seconds | primitive_name primitive_type workflow_name status
primitive.execution.active     | upDown    | {execution}    | primitive_execution_active           | primitive_name primitive_type
primitive.connection.count     | counter   | {call}         | primitive_connection_count_total     | source_primitive target_primitive connection_type
agent.workflows.active         | upDown    | {workflow}     | agent_workflows_active               | agent_type workflow_name
retry.outcomes                 | counter   | {execution}    | retry_outcomes_total                 | primitive_name outcome
retry.attempts                 | counter   | {attempt}      | retry_attempts_total                 | primitive_name reason
fallback.activations           | counter   | {activation}   | fallback_activations_total           | primitive_name served_by reason
timeout.expirations            | counter   | {expiration}   | timeout_expirations_total            | primitive_name kind
saga.compensations             | counter   | {compensation} | saga_compensations_total             | primitive_name step outcome
loop.iterations                | counter   | {iteration}    | loop_iterations_total                | primitive_name ended_by
wait.duration                  | histogram | s              | wait_duration_seconds                | primitive_name wait_kind outcome
evaluation.score               | histogram | 1              | evaluation_score                     | score_name workflow_name
execution.orphaned             | counter   | {execution}    | execution_orphaned_total             | primitive_name
circuit_breaker.state          | gauge     | {state}        | circuit_breaker_state                | primitive_name
circuit_breaker.transitions    | counter   | {transition}   | circuit_breaker_transitions_total    | primitive_name from to
circuit_breaker.calls          | counter   | {call}         | circuit_breaker_calls_total          | primitive_name kind
bulkhead.in_use                | gauge     | {call}         | bulkhead_in_use                      | primitive_name
bulkhead.queued                | gauge     | {call}         | bulkhead_queued                      | primitive_name
rate_limit.waiting             | gauge     | {call}         | rate_limit_waiting                   | primitive_name
cache.hits                     | counter   | {lookup}       | cache_hits_total                     | primitive_name cache_type
cache.misses                   | counter   | {lookup}       | cache_misses_total                   | primitive_name cache_type
cache.total                    | counter   | {lookup}       | cache_total                          | primitive_name cache_type
cache.hit_rate                 | gauge     | 1              | cache_hit_rate_ratio                 | primitive_name
cache.cost_savings.usd         | counter   | {USD}          | cache_cost_savings_usd_total         | primitive_name
cache.entries                  | gauge     | {entry}        | cache_entries                        | primitive_name
cache.evictions                | counter   | {entry}        | cache_evictions_total                | primitive_name reason
cache.store.errors             | counter   | {error}        | cache_store_errors_total             | primitive_name reason
hedge.attempts                 | counter   | {attempt}      | hedge_attempts_total                 | primitive_name outcome
budget.limit.usd               | gauge     | {USD}          | budget_limit_usd                     | budget
budget.spent.usd               | counter   | {USD}          | budget_spent_usd_total               | budget
budget.refusals                | counter   | {refusal}      | budget_refusals_total                | budget kind
sampling.traces                | counter   | {trace}        | sampling_traces_total                | decision reason
router.decisions               | counter   | {decision}     | router_decisions_total               | primitive_name route reason
router.execution.duration      | histogram | s              | router_execution_duration_seconds    | primitive_name route
router.cost_savings.usd        | counter   | {USD}          | router_cost_savings_usd_total        | primitive_name route
router.errors                  | counter   | {error}        | router_errors_total                  | primitive_name route
llm.requests                   | counter   | {request}      | llm_requests_total                   | llm_provider llm_model_name llm_model_tier status
llm.request.duration           | histogram | s              | llm_request_duration_seconds         | llm_provider llm_model_name status
llm.time_to_first_token        | histogram | s              | llm_time_to_first_token_seconds      | llm_provider llm_model_name
llm.tokens.total               | counter   | {token}        | llm_tokens_total                     | llm_provider llm_model_name llm_token_type
llm.tokens.detail              | counter   | {token}        | llm_tokens_detail_total              | llm_provider llm_model_name llm_token_type
llm.cost.usd                   | counter   | {USD}          | llm_cost_usd_total                   | llm_provider llm_model_name workflow_name agent_type
llm.cost.savings.usd           | counter   | {USD}          | llm_cost_savings_usd_total           | mechanism workflow_name
llm.unpriced_requests          | counter   | {request}      | llm_unpriced_requests_total          | llm_provider llm_model_name
gen_ai.client.operation.duration | histogram | s | gen_ai_client_operation_duration_seconds | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model error_type
gen_ai.client.token.usage | histogram | {token} | gen_ai_client_token_usage | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model gen_ai_token_type
gen_ai.client.inference.usage.input_tokens | counter | {token} | gen_ai_client_inference_usage_input_tokens_total | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model gen_ai_token_modality
gen_ai.client.inference.usage.output_tokens | counter | {token} | gen_ai_client_inference_usage_output_tokens_total | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model gen_ai_token_modality
gen_ai.client.inference.usage.cache_read.input_tokens | counter | {token} | gen_ai_client_inference_usage_cache_read_input_tokens_total | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model gen_ai_token_modality
gen_ai.client.inference.usage.cache_write.input_tokens | counter | {token} | gen_ai_client_inference_usage_cache_write_input_tokens_total | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model gen_ai_token_modality
gen_ai.client.inference.usage.reasoning.output_tokens | counter | {token} | gen_ai_client_inference_usage_reasoning_output_tokens_total | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model gen_ai_token_modality
gen_ai.client.inference.operation.input_tokens | histogram | {token} | gen_ai_client_inference_operation_input_tokens | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model error_type
gen_ai.client.inference.operation.output_tokens | histogram | {token} | gen_ai_client_inference_operation_output_tokens | gen_ai_operation_name gen_ai_provider_name gen_ai_request_model gen_ai_response_model error_type
slo.compliance                 | gauge     | 1              | slo_compliance_ratio                 | slo window
slo.error_budget.remaining     | gauge     | 1              | slo_error_budget_remaining_ratio     | slo window
slo.burn_rate                  | gauge     | 1              | slo_burn_rate_ratio                  | slo window
slo.events                     | counter   | {event}        | slo_events_total                     | slo
slo.events.bad                 | counter   | {event}        | slo_events_bad_total                 | slo
slo.burn.events                | counter   | {event}        | slo_burn_events_total                | slo window kind
throughput.rps                 | gauge     | {rps}          | throughput_rps                       | workflow_name
component.maturity.stage       | gauge     | {stage}        | component_maturity_stage             | component
component.coverage             | gauge     | 1              | component_coverage_ratio             | component
component.gate                 | gauge     | {gate}         | component_gate                       | component gate
anomaly.score                  | gauge     | {score}        | anomaly_score                        | signal series
anomaly.events                 | counter   | {event}        | anomaly_events_total                 | signal series
telemetry.series               | gauge     | {series}       | telemetry_series                     | metric
telemetry.cardinality.overflow | counter   | {fold}         | telemetry_cardinality_overflow_total | metric label
telemetry.dropped              | counter   | {item}         | telemetry_dropped_total              | reason
`
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([name, kind, unit, prometheus, labels]) => ({
    name,
    kind,
    unit,
    prometheusName: prometheus,
    labels: labels?.split(" "),
  }));

describe("metrics", () => {
  test("are those of the telemetry contract, with its units, labels and Prometheus names", () => {
    const declared = [...metricDescriptors.values()].map((metric) => ({
      name: metric.name,
      kind: metric.kind,
      unit: metric.unit,
      prometheusName: metric.prometheusName,
      labels: metric.labels.map((label) => label.name),
    }));
    const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number =>
      String(a.name).localeCompare(String(b.name));
    expect(declared.toSorted(byName)).toEqual(contract.toSorted(byName));
  });

  test("have Prometheus names of their own", () => {
    const names = [...metricDescriptors.values()].map((metric) => metric.prometheusName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  test("have a help line, and bounds where they are histograms", () => {
    for (const { name, help, kind, bounds } of metricDescriptors.values()) {
      expect(help, name).toMatch(/^[A-Z][^\n]+\.$/);
      expect(bounds.length > 0, name).toBe(kind === "histogram");
    }
  });

  test("spell labels as attributes that Prometheus turns back into the labels", () => {
    for (const [label, attribute] of Object.entries(labelAttributes)) {
      expect(attribute.replaceAll(".", "_")).toBe(label);
    }
  });

  test("spell a label that is a span attribute like it", () => {
    const spanAttributes = new Map(
      Object.values(attributes).map((name) => [name.replaceAll(".", "_"), name]),
    );
    for (const [label, attribute] of Object.entries(labelAttributes)) {
      expect(attribute).toBe(spanAttributes.get(label) ?? attribute);
    }
  });

  test("use every label that is declared", () => {
    const used = new Set(
      [...metricDescriptors.values()].flatMap((metric) => metric.labels.map(({ name }) => name)),
    );
    expect(Object.keys(labelAttributes).filter((label) => !used.has(label as "slo"))).toEqual([]);
  });

  test.each([
    ["primitive.execution.count", "status", "success error cancelled timeout rejected"],
    [
      "retry.outcomes",
      "outcome",
      "succeeded_first succeeded_after_retry failed_first failed_after_retry",
    ],
    ["timeout.expirations", "kind", "soft hard"],
    ["loop.iterations", "ended_by", "condition max_iterations budget deadline error"],
    ["wait.duration", "wait_kind", "delay event approval"],
    ["circuit_breaker.transitions", "from", "closed half_open open"],
    ["circuit_breaker.transitions", "to", "closed half_open open"],
    ["circuit_breaker.calls", "kind", "success failure ignored rejected"],
    ["hedge.attempts", "outcome", "won lost failed over_budget"],
    ["budget.refusals", "kind", "money tokens requests retries hedges"],
    ["sampling.traces", "decision", "kept dropped"],
    ["llm.tokens.total", "llm_token_type", "prompt completion"],
    ["llm.tokens.detail", "llm_token_type", "cache_read cache_write reasoning"],
    ["llm.cost.savings.usd", "mechanism", "response_cache prompt_cache routing"],
  ])("close %s{%s} to: %s", (metric, label, values) => {
    expect(metricDescriptors.get(metric)?.labels.find(({ name }) => name === label)).toMatchObject({
      known: values.split(" "),
      open: false,
    });
  });

  test("keep built-in primitive types exact and leave room for others", () => {
    const labels = metricDescriptors.get("primitive.execution.count")?.labels;
    expect(labels?.find(({ name }) => name === "primitive_type")).toMatchObject({
      known: (
        "workflow sequential parallel conditional switch map race retry fallback timeout saga circuit_breaker " +
        "bulkhead rate_limit hedge cache router loop wait llm step observe"
      ).split(" "),
      open: true,
    });
  });

  test("of the telemetry itself are labelled with names of the catalogue only", () => {
    expect(metricDescriptors.get("telemetry.cardinality.overflow")?.labels).toMatchObject([
      { name: "metric", known: Object.keys(metrics), open: false },
      { name: "label", known: Object.keys(labelAttributes), open: false },
    ]);
  });
});

describe("prometheusName", () => {
  test.each([
    [{ name: "a.b", kind: "counter", unit: "{x}" }, "a_b_total"],
    [{ name: "a.total", kind: "counter", unit: "{x}" }, "a_total"],
    [{ name: "a", kind: "counter", unit: "s" }, "a_seconds_total"],
    [{ name: "a.seconds", kind: "histogram", unit: "s" }, "a_seconds"],
    [{ name: "a", kind: "gauge", unit: "1" }, "a_ratio"],
    [{ name: "a.ratio", kind: "gauge", unit: "1" }, "a_ratio"],
    [{ name: "a", kind: "histogram", unit: "1" }, "a"],
    [{ name: "a", kind: "upDown", unit: "{x}" }, "a"],
  ] as const)("makes %o %s", (metric, expected) => {
    expect(prometheusName(metric.name, metric)).toBe(expected);
  });
});

describe("bounds", () => {
  test("of durations double from 0.625 ms to 327.68 s, and none is an integer", () => {
    expect(durationBounds).toEqual([
      0.000625, 0.00125, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12,
      10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
    ]);
    expect(durationBounds.filter((bound) => Number.isInteger(bound))).toEqual([]);
  });

  test("of scores are tenths", () => {
    expect(scoreBounds).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  });
});

describe("attributes", () => {
  test("are those of the telemetry contract", () => {
    const expected = `
      primitive.name primitive.type primitive.action primitive.path
      workflow.id workflow.name session.id user.id correlation.id causation.id agent.id agent.type
      llm.provider llm.model_name llm.model_tier
      step.index step.name step.primitive_type step.total_steps
      execution.status execution.detached execution.orphaned error.type error.message
      retry.attempt retry.max_attempts retry.delay_ms retry.reason retry.recovered retry.limited_by
      cache.hit cache.kind cache.type router.route router.reason router.cost_savings_usd
      timeout.limit_ms timeout.grace_ms timeout.expired circuit_breaker.state circuit_breaker.transition
      fallback.served_by fallback.reason loop.ended_by loop.iterations hedge.attempts gen_ai.response.id
      saga.outcome saga.compensated saga.failed saga.skipped cost.usd cost.savings_usd cost.source
      workflow.cost.total_usd workflow.tokens.total workflow.waiting_ms workflow.attempts
      wait.kind wait.name wait.ms wait.outcome
      anomaly.signal anomaly.score sampling.adjusted_count sampling.reason sampling.keep
      gen_ai.operation.name gen_ai.provider.name gen_ai.request.model gen_ai.response.model
      gen_ai.usage.input_tokens gen_ai.usage.output_tokens gen_ai.usage.cache_read.input_tokens
      gen_ai.usage.cache_write.input_tokens gen_ai.usage.reasoning.output_tokens
      gen_ai.workflow.name gen_ai.agent.name gen_ai.conversation.id`;
    expect(Object.values(attributes).toSorted()).toEqual(expected.trim().split(/\s+/).toSorted());
  });

  test("are constants whose keys are their names in camel case", () => {
    expectTypeOf(attributes.primitiveName).toEqualTypeOf<"primitive.name">();
    for (const [key, name] of Object.entries(attributes)) {
      expect(key).toBe(
        name.replaceAll(/[._](\w)/g, (_match, letter: string) => letter.toUpperCase()),
      );
    }
  });
});

test("tags, baggage and events have their spellings", () => {
  expect(attributePrefixes).toEqual({ tag: "tag.", baggage: "baggage." });
  expect(spanEvents).toEqual({
    checkpoint: "checkpoint",
    evaluationResult: "gen_ai.evaluation.result",
  });
});

describe("spans", () => {
  test.each([
    [spanName("execution", { type: "retry", action: "execute" }), "primitive.retry.execute"],
    [spanName("sequentialStep", { index: 0 }), "primitive.sequential.step_0"],
    [spanName("parallelBranch", { key: "docs" }), "primitive.parallel.branch_docs"],
    [spanName("conditionalBranch", { branch: "then" }), "primitive.conditional.branch_then"],
    [spanName("switchCase", { key: "refund" }), "primitive.switch.case_refund"],
    [spanName("mapItem"), "primitive.map.item"],
    [spanName("retryAttempt"), "primitive.retry.attempt"],
    [spanName("fallbackPrimary"), "primitive.fallback.primary"],
    [spanName("fallbackAlternative", { index: 1 }), "primitive.fallback.alternative_1"],
    [spanName("routerRoute", { key: "fast" }), "primitive.router.route_fast"],
    [spanName("sagaStep", { index: 2 }), "primitive.saga.step_2"],
    [spanName("sagaCompensation", { index: 2 }), "primitive.saga.compensate_2"],
    [spanName("hedgeAttempt", { index: 1 }), "primitive.hedge.attempt_1"],
    [spanName("raceAttempt", { key: 0 }), "primitive.race.attempt_0"],
    [spanName("loopIteration"), "primitive.loop.iteration"],
    [spanName("llmCall", { model: "gpt-4" }), "chat gpt-4"],
  ])("include %s", (name, expected) => {
    expect(name).toBe(expected);
  });

  test("have patterns of their own", () => {
    const patterns = Object.values(spanPatterns);
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  test("take exactly the values of their pattern", () => {
    // @ts-expect-error -- the index is missing
    spanName("sequentialStep");
    // @ts-expect-error -- this span has no placeholder
    spanName("mapItem", { index: 0 });
    // @ts-expect-error -- the placeholder has another name
    const name = spanName("sequentialStep", { step: 0 });
    expect(name).toBe("primitive.sequential.step_");
  });
});

describe("types", () => {
  test("tell the kinds of metrics apart", () => {
    expectTypeOf<"retry.outcomes">().toExtend<CounterName>();
    expectTypeOf<"primitive.execution.active">().toExtend<UpDownName>();
    expectTypeOf<"circuit_breaker.state">().toExtend<GaugeName>();
    expectTypeOf<"wait.duration">().toExtend<HistogramName>();
    expectTypeOf<"cache.entries">().not.toExtend<CounterName>();
    expectTypeOf<MoneyCounterName>().toEqualTypeOf<
      | "cache.cost_savings.usd"
      | "budget.spent.usd"
      | "router.cost_savings.usd"
      | "llm.cost.usd"
      | "llm.cost.savings.usd"
    >();
  });

  test("know a metric's labels and the values of closed ones", () => {
    expectTypeOf<keyof LabelsOf<"retry.outcomes">>().toEqualTypeOf<"primitive_name" | "outcome">();
    expectTypeOf<LabelsOf<"timeout.expirations">["kind"]>().toEqualTypeOf<
      "soft" | "hard" | "" | undefined
    >();
    expectTypeOf<LabelsOf<"timeout.expirations">["primitive_name"]>().toEqualTypeOf<
      string | undefined
    >();
    expectTypeOf<"my_type">().toExtend<LabelsOf<"primitive.execution.count">["primitive_type"]>();
  });
});
