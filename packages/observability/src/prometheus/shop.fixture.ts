import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  cache,
  llm,
  parallel,
  sequential,
  slot,
  workflow,
  type Primitive,
} from "@tta-dev/primitives";
import { PageMetricReader } from "./instruments/page-reader.ts";

/** A program that does a bit of everything the queries ask about. */
export interface Shop {
  /** Reads its own instruments. */
  readonly instruments: PageMetricReader;
  /** Its own page. */
  readonly append: () => string;
  /** Serves one customer; one in four fails. */
  readonly serve: () => Promise<void>;
}

/** Cost of one call, in billionths of a dollar. */
export const CALL_NANO_USD = 1_500_000;

export function createShop(): Shop {
  const instruments = new PageMetricReader();
  const meter = new MeterProvider({ readers: [instruments] }).getMeter("shop", "1.0");
  const duration = meter.createHistogram("operation_duration_seconds", {
    description: "Operation execution time",
    unit: "s",
  });
  const errors = meter.createCounter("operation_errors_total", {
    description: "Total operation errors",
    unit: "1",
  });
  const { registry } = slot();
  const cost = registry
    .counter("llm.cost.usd")
    .bind({ llm_provider: "openai", llm_model_name: "gpt-5-mini", workflow_name: "answer" });
  const answer: Primitive<number, unknown> = workflow(
    "answer",
    sequential(
      function validate(customer: number) {
        return customer;
      },
      parallel({
        docs: cache(
          async function search(customer: number) {
            return `about ${customer}`;
          },
          { key: (customer) => String(customer % 2), ttlMs: 60_000 },
        ),
      }),
      llm({
        provider: "openai",
        model: "gpt-5-mini",
        call: async () => ({ usage: { prompt_tokens: 30, completion_tokens: 5 } }),
      }),
    ),
  );
  const refuse = workflow("refuse", function refuse() {
    throw new Error("closed");
  });

  let customers = 0;
  return {
    instruments,
    append: () =>
      `# TYPE customers_total counter\ncustomers_total ${customers}\n# TYPE mood gauge\nmood NaN\n`,
    async serve() {
      customers += 1;
      await answer.execute(customers, { agentType: "coordinator" });
      cost.addNanoUsd(CALL_NANO_USD);
      duration.record(0.12, { status: "success" });
      if (customers % 4 !== 0) return;
      await refuse.execute(undefined).catch(() => undefined);
      errors.add(1, { error_type: "ClosedError" });
    },
  };
}
