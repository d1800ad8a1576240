import * as fc from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { CircuitOpenError } from "../errors.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { circuitBreaker } from "./circuit-breaker.ts";

const RULES = {
  failureRatio: 0.5,
  windowMs: 1_000,
  minimumCalls: 3,
  openMs: 300,
  halfOpenCalls: 2,
};
const PATIENCE_MS = 60_000;

type Ending = "success" | "failure" | "ignored" | "aborted";

/** The breaker as the documentation has it, with no regard to memory. */
class Model {
  state: "closed" | "open" | "half_open" = "closed";
  sinceMs = 0;
  /** Which state, counted from the first, a call was let in under. */
  era = 0;
  places = 0;
  succeeded = 0;
  ended: { readonly atMs: number; readonly failed: boolean }[] = [];

  admit(nowMs: number): number | undefined {
    const age = nowMs - this.sinceMs;
    if (this.state === "open" && age >= RULES.openMs) this.turn("half_open", nowMs);
    if (this.state === "half_open") {
      if (this.places >= RULES.halfOpenCalls && age >= PATIENCE_MS) this.turn("half_open", nowMs);
      if (this.places >= RULES.halfOpenCalls) return undefined;
      this.places++;
    }
    return this.state === "open" ? undefined : this.era;
  }

  end(era: number, ending: Ending, nowMs: number): void {
    if (era !== this.era) return;
    const isIgnored = ending === "ignored" || ending === "aborted";
    if (this.state === "closed") {
      if (!isIgnored) this.ended.push({ atMs: nowMs, failed: ending === "failure" });
      const cell = (ms: number): number => Math.floor(ms / (RULES.windowMs / 10));
      const recent = this.ended.filter(({ atMs }) => cell(atMs) > cell(nowMs) - 10);
      const failures = recent.filter(({ failed }) => failed).length;
      if (recent.length < RULES.minimumCalls || isIgnored) return;
      if (failures / recent.length >= RULES.failureRatio) this.turn("open", nowMs);
    } else if (isIgnored) this.places--;
    else if (ending === "failure") this.turn("open", nowMs);
    else if (++this.succeeded === RULES.halfOpenCalls) this.turn("closed", nowMs);
  }

  turn(state: Model["state"], nowMs: number): void {
    Object.assign(this, {
      state,
      sinceMs: nowMs,
      era: this.era + 1,
      places: 0,
      succeeded: 0,
      ended: [],
    });
  }
}

interface Running {
  readonly era: number;
  readonly order: PromiseWithResolvers<string>;
  readonly controller: AbortController;
  readonly result: Promise<unknown>;
}

const command = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "start" as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      which: fc.nat(20),
      how: fc.constantFrom<Ending>("success", "failure", "failure", "ignored", "aborted"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 50, 100, 299, 300, 450, 900, 1_000, PATIENCE_MS),
    }),
  },
);

it("a breaker does what its model does, whatever is called, however it ends, and whenever", async () => {
  const property = fc.asyncProperty(
    fc.array(command, { maxLength: 60, size: "max" }),
    async (commands) => {
      const runtime = virtualRuntime();
      const model = new Model();
      const breaker = circuitBreaker(
        ({ promise }: PromiseWithResolvers<string>, { signal }: WorkflowContext) =>
          Promise.race([
            promise,
            new Promise<never>((_resolve, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason as Error));
            }),
          ]),
        { ...RULES, isFailure: (error) => (error as Error).message !== "ignored" },
      );
      const running: Running[] = [];
      let nowMs = 0;
      for (const given of commands) {
        if (given.do === "wait") {
          await runtime.advance(given.ms);
          nowMs += given.ms;
        } else if (given.do === "start") {
          const order = Promise.withResolvers<string>();
          const controller = new AbortController();
          const era = model.admit(nowMs);
          const result = breaker
            .execute(order, { runtime, signal: controller.signal })
            .catch((error: unknown) => error);
          await turn();
          if (era !== undefined) running.push({ era, order, controller, result });
          else expect(await result).toBeInstanceOf(CircuitOpenError);
        } else if (running.length > 0) {
          const [call] = running.splice(given.which % running.length, 1) as [Running];
          if (given.how === "success") call.order.resolve("success");
          else if (given.how === "aborted") call.controller.abort(new Error("aborted"));
          else call.order.reject(new Error(given.how));
          model.end(call.era, given.how, nowMs);
          const seen = await call.result;
          expect(seen instanceof Error ? seen.message : seen).toBe(given.how);
        }
      }
      for (const { controller } of running) controller.abort();
      await Promise.all(running.map(({ result }) => result));
    },
  );
  await fc.assert(property, { numRuns: 150 });
});
