import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryStore, record, startProcess, component } from "./component-collector.fixture.ts";
import { DAY_MS } from "./use-days.ts";

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant("run" as const), times: fc.nat(20) }) },
  fc.record({ does: fc.constantFrom("save", "restart", "crash", "breakStore", "nextDay") }),
  fc.record({ does: fc.constantFrom("other process"), times: fc.nat(20) }),
);

it("evidence is every execution but those a crash took, whatever fails and whoever saves", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const store = memoryStore();
      const components = [component("a")];
      let process = startProcess({ store, components });
      await process.collector.ready;
      let saved = 0;
      let mine = 0;
      let others = 0;
      let days = 0;
      for (const { does, ...rest } of steps) {
        const times = "times" in rest ? rest.times : 0;
        if (does === "run") {
          record(process.registry, "a", { times });
          mine += times;
        } else if (does === "nextDay" && days < 29) {
          // What was counted is put on its day only when somebody looks.
          await process.collector.forceFlush();
          if (store.fails === "") [saved, mine] = [saved + mine, 0];
          days += 1;
          process.clock.nowMs += DAY_MS;
        } else if (does === "other process" && store.fails === "") {
          const other = startProcess({ store, components });
          other.clock.nowMs = process.clock.nowMs;
          record(other.registry, "a", { times });
          await other.collector.shutdown();
          others += times;
        } else if (does === "save" || does === "restart") {
          await process.collector.forceFlush();
          if (store.fails === "") [saved, mine] = [saved + mine, 0];
        } else if (does === "breakStore") store.fails = store.fails === "" ? "save" : "";
        if (does === "restart" || does === "crash") {
          mine = 0;
          const { nowMs } = process.clock;
          store.fails = "";
          process.collector.release();
          process = startProcess({ store, components });
          process.clock.nowMs = nowMs;
          await process.collector.ready;
        }
      }
      store.fails = "";
      await process.collector.shutdown();
      const gates = process.collector.evaluate("a").next?.gates ?? [];
      expect(gates.find(({ gate }) => gate === "executions")?.value).toBe(saved + mine + others);
    }),
    { numRuns: 150 },
  );
});
