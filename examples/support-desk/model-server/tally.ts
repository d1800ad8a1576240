/** How a call ended: an HTTP status, a reset by the server, or a client that went away first. */
export type CallEnd = number | "reset" | "abandoned";

/** What the server has served so far; the numbers a caller's own totals can be compared with. */
export interface ModelServerTally {
  /** Chat calls that arrived. */
  readonly calls: number;
  /** The same by how they ended: "200", "429", …, "reset", "abandoned". Calls under way are in none. */
  readonly endedBy: Readonly<Record<string, number>>;
  /** Tokens of the answers that were delivered. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The same tokens and calls for each model. */
  readonly models: Readonly<Record<string, ModelTally>>;
}

/** What one model has answered. */
export interface ModelTally {
  readonly answers: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Counts calls, how they ended, and the tokens of delivered answers. */
export interface TallyKeeper {
  readonly arrived: () => void;
  readonly ended: (end: CallEnd) => void;
  readonly answered: (
    model: string,
    tokens: { readonly prompt: number; readonly completion: number },
  ) => void;
  readonly read: () => ModelServerTally;
}

export function createTally(): TallyKeeper {
  let calls = 0;
  const endedBy = new Map<string, number>();
  const models = new Map<string, ModelTally>();
  return {
    arrived() {
      calls += 1;
    },
    ended(end) {
      endedBy.set(String(end), (endedBy.get(String(end)) ?? 0) + 1);
    },
    answered(model, tokens) {
      const before = models.get(model) ?? { answers: 0, promptTokens: 0, completionTokens: 0 };
      models.set(model, {
        answers: before.answers + 1,
        promptTokens: before.promptTokens + tokens.prompt,
        completionTokens: before.completionTokens + tokens.completion,
      });
    },
    read() {
      const sum = (read: (model: ModelTally) => number): number =>
        [...models.values()].reduce((total, model) => total + read(model), 0);
      return {
        calls,
        endedBy: Object.fromEntries([...endedBy].toSorted(([a], [b]) => a.localeCompare(b))),
        promptTokens: sum((model) => model.promptTokens),
        completionTokens: sum((model) => model.completionTokens),
        models: Object.fromEntries(models),
      };
    },
  };
}
