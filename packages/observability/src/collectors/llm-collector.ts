import type { Registry } from "@tta-dev/primitives";
import { requestsOf, useOf, type LlmRequests, type LlmUse } from "./llm-figures.ts";
import { readModels, type ModelSeries } from "./llm-series.ts";

export type LlmFigures = LlmRequests & LlmUse;

export interface LlmModel extends LlmFigures {
  readonly provider: string;
  readonly model: string;
  /** Tiers under which it was called, `""` for calls that named none. */
  readonly tiers: readonly string[];
}

export interface LlmProvider extends LlmFigures {
  readonly provider: string;
}

/** Calls of one tier. Only requests are recorded by tier, so the rest is known where no model serves two tiers. */
export interface LlmTier extends LlmRequests {
  readonly tier: string;
  /** Null where one of the models is called under another tier too: `sharedModels` names those. */
  readonly use: LlmUse | null;
  /** As `provider/model`. */
  readonly sharedModels: readonly string[];
}

/** The calls of models in this process, since it began. Plain data. */
export interface LlmSnapshot {
  readonly total: LlmFigures;
  readonly models: readonly LlmModel[];
  readonly providers: readonly LlmProvider[];
  readonly tiers: readonly LlmTier[];
}

/** Knows what the models were asked. */
export interface LlmCollector {
  readonly snapshot: () => LlmSnapshot;
}

/** Reads what calls of models did out of the registry: requests, tokens, money, times. It keeps nothing itself. */
export function createLlmCollector({
  registry,
}: {
  readonly registry: Pick<Registry, "snapshot">;
}): LlmCollector {
  return {
    snapshot() {
      const models = readModels(registry.snapshot());
      return {
        total: figuresOf(models),
        models: models.map((model) => ({
          provider: model.provider,
          model: model.model,
          tiers: tiersOf(model),
          ...figuresOf([model]),
        })),
        providers: unique(models.map(({ provider }) => provider)).map((provider) => ({
          provider,
          ...figuresOf(models.filter((model) => model.provider === provider)),
        })),
        tiers: unique(models.flatMap(tiersOf)).map((tier) => tierOf(tier, models)),
      };
    },
  };
}

function figuresOf(models: readonly ModelSeries[]): LlmFigures {
  return { ...requestsOf(models.flatMap(({ requests }) => requests)), ...useOf(models) };
}

function tierOf(tier: string, models: readonly ModelSeries[]): LlmTier {
  const own = models.filter((model) => tiersOf(model).includes(tier));
  const shared = own.filter((model) => tiersOf(model).length > 1);
  const requests = own.flatMap((model) => model.requests.filter((one) => one.tier === tier));
  return {
    tier,
    ...requestsOf(requests),
    use: shared.length > 0 ? null : useOf(own),
    sharedModels: shared.map(({ provider, model }) => `${provider}/${model}`),
  };
}

function tiersOf({ requests }: ModelSeries): readonly string[] {
  return unique(requests.map(({ tier }) => tier));
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
