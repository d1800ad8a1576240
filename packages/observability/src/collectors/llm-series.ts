import type { HistogramSeries, Snapshot } from "@tta-dev/primitives";
import { histogramsOf, numbersOf, type Labelled } from "./metric-series.ts";

/** Everything that was recorded about one model of one provider. */
export interface ModelSeries {
  readonly provider: string;
  readonly model: string;
  readonly requests: { readonly tier: string; readonly status: string; readonly count: number }[];
  readonly durations: (HistogramSeries & { readonly status: string })[];
  readonly firstToken: HistogramSeries[];
  /** By `llm_token_type`. */
  readonly tokens: Map<string, number>;
  /** Undefined where nothing had a price. */
  nanoUsd: bigint | undefined;
  unpriced: number;
}

/** Gathers what was recorded about models, in the order in which they came up. */
export function readModels(snapshot: Snapshot): readonly ModelSeries[] {
  const models = new Map<string, ModelSeries>();
  const modelOf = ({ label }: Labelled<unknown>): ModelSeries => {
    const provider = label("llm_provider");
    const model = label("llm_model_name");
    const key = JSON.stringify([provider, model]);
    const known = models.get(key) ?? newModel(provider, model);
    models.set(key, known);
    return known;
  };
  const addTokens = (row: ReturnType<typeof numbersOf>[number]): void => {
    const { tokens } = modelOf(row);
    const type = row.label("llm_token_type");
    tokens.set(type, (tokens.get(type) ?? 0) + row.series.value);
  };

  for (const row of numbersOf(snapshot, "llm.tokens.total")) addTokens(row);
  for (const row of numbersOf(snapshot, "llm.tokens.detail")) addTokens(row);
  for (const row of numbersOf(snapshot, "llm.requests"))
    modelOf(row).requests.push({
      tier: row.label("llm_model_tier"),
      status: row.label("status"),
      count: row.series.value,
    });
  for (const row of histogramsOf(snapshot, "llm.request.duration"))
    modelOf(row).durations.push({ ...row.series, status: row.label("status") });
  for (const row of histogramsOf(snapshot, "llm.time_to_first_token"))
    modelOf(row).firstToken.push(row.series);
  for (const row of numbersOf(snapshot, "llm.cost.usd")) {
    const model = modelOf(row);
    model.nanoUsd = (model.nanoUsd ?? 0n) + (row.series.nanoUsd ?? 0n);
  }
  for (const row of numbersOf(snapshot, "llm.unpriced_requests"))
    modelOf(row).unpriced += row.series.value;
  return [...models.values()];
}

function newModel(provider: string, model: string): ModelSeries {
  return {
    provider,
    model,
    requests: [],
    durations: [],
    firstToken: [],
    tokens: new Map(),
    nanoUsd: undefined,
    unpriced: 0,
  };
}
