import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { SagaError } from "../errors.ts";
import type { Edge } from "../tree/node.ts";
import { publish } from "../telemetry/publish.ts";
import type { CompensationOutcome, SagaMeters } from "./saga-meters.ts";

/** One step of a saga as the runner needs it. */
export interface SagaPart {
  readonly name: string;
  readonly execute: Edge;
  readonly compensate: Edge | undefined;
}

interface Started {
  readonly part: SagaPart;
  readonly input: unknown;
  output: unknown;
}

interface Undone {
  readonly compensated: string[];
  readonly failed: string[];
  readonly skipped: string[];
  readonly errors: unknown[];
}

/** One execution of a saga. */
export class SagaRun {
  readonly #parts: readonly SagaPart[];
  readonly #context: CallContext;
  readonly #meters: SagaMeters;

  constructor(parts: readonly SagaPart[], context: CallContext, meters: SagaMeters) {
    this.#parts = parts;
    this.#context = context;
    this.#meters = meters;
  }

  async run(input: unknown): Promise<unknown> {
    const context = this.#context;
    const started: Started[] = [];
    let value = input;
    for (const part of this.#parts) {
      const entry: Started = { part, input: value, output: undefined };
      let isBegun = false;
      try {
        // What is refused at the door, because the time is up, has done nothing.
        context.branch.scope.check(context.runtime.elapsed());
        isBegun = true;
        value = entry.output = await context.invoke(part.execute, value);
        started.push(entry);
      } catch (error) {
        if (isBegun && this.#isOutcomeUnknown(error)) started.push(entry);
        throw await this.#undo(part, started, error);
      }
    }
    context.note("saga.outcome", "completed");
    return value;
  }

  /** True where the step may have done its work although it threw. */
  #isOutcomeUnknown(error: unknown): boolean {
    const { status } = failureOf(error, this.#context.branch.scope.stopped);
    return status === "timeout" || status === "cancelled";
  }

  async #undo(failedPart: SagaPart, started: readonly Started[], cause: unknown): Promise<unknown> {
    const context = this.#context;
    const undone: Undone = { compensated: [], failed: [], skipped: [], errors: [] };
    await context.shielded(async (shielded) => {
      for (const entry of started.toReversed())
        await this.#compensate(shielded, entry, { cause, undone });
    });
    const { compensated, failed, skipped } = undone;
    if (context.isRecording)
      context.span!.setAttributes({
        "saga.outcome": failed.length === 0 ? "compensated" : "compensation_failed",
        ...(compensated.length > 0 && { "saga.compensated": compensated }),
        ...(failed.length > 0 && { "saga.failed": failed }),
        ...(skipped.length > 0 && { "saga.skipped": skipped }),
      });
    const { scope } = context.branch;
    if (scope.stopped) return scope.reason;
    return new SagaError(messageOf(context.place.name, failedPart.name, undone), undone, { cause });
  }

  async #compensate(
    context: CallContext,
    { part, input, output }: Started,
    { cause, undone }: { readonly cause: unknown; readonly undone: Undone },
  ): Promise<void> {
    if (part.compensate === undefined) {
      undone.skipped.push(part.name);
      this.#count(part.name, "skipped");
      return;
    }
    try {
      await context.invoke(part.compensate, { input, output, error: cause });
      undone.compensated.push(part.name);
      this.#count(part.name, "compensated");
      publish(this.#context, {
        event: "saga.compensated",
        level: "warn",
        fields: { step: part.name },
      });
    } catch (error) {
      undone.failed.push(part.name);
      undone.errors.push(error);
      this.#count(part.name, "failed");
      publish(this.#context, {
        event: "saga.compensation_failed",
        level: "error",
        fields: { step: part.name },
        error,
      });
    }
  }

  #count(step: string, outcome: CompensationOutcome): void {
    if (!this.#context.runtime.replaying) this.#meters.compensated(step, outcome);
  }
}

function messageOf(saga: string, step: string, { compensated, failed }: Undone): string {
  const undone =
    compensated.length === 0 ? "nothing was compensated" : `compensated ${compensated.join(", ")}`;
  const left = failed.length === 0 ? "" : `; could not compensate ${failed.join(", ")}`;
  return `saga "${saga}" failed in step "${step}"; ${undone}${left}`;
}
