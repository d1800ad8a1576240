import type { ObservabilityOptions } from "@tta-dev/observability";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { afterwards } from "./initialized.fixture.ts";
import { start } from "./program.fixture.ts";

/** `SOAK=full` takes minutes. */
const IS_FULL = process.env["SOAK"] === "full";
const RECORDINGS = IS_FULL ? 10_000_000 : 300_000;
const SPANS = IS_FULL ? 1_000_000 : 60_000;
const LONGEST_MS = IS_FULL ? 900_000 : 60_000;
vi.setConfig({ testTimeout: LONGEST_MS });

interface Soaked {
  readonly grownMb: number;
  readonly series: number;
  readonly lastEvents: number;
  readonly problems: readonly string[];
}

test.each<[string, ObservabilityOptions]>([
  ["with tail sampling", { sampling: { tail: true } }],
  ["with every span sent", {}],
])("%s, memory does not grow with what is recorded", async (name, options) => {
  // A collector that keeps nothing: a million spans would be this process's memory.
  const sink = createServer((request, response) => {
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => void sink.listen(0, "127.0.0.1", resolve));
  afterwards(() => {
    sink.closeAllConnections();
    sink.close();
  });
  const { code, stdout, stderr } = await start("soak.program.fixture.ts", {
    nodeOptions: ["--expose-gc"],
    longestLifeMs: LONGEST_MS,
    env: {
      RECORDINGS: String(RECORDINGS),
      SPANS: String(SPANS),
      OPTIONS: JSON.stringify({
        serviceName: "soak",
        environment: "production",
        otlpEndpoint: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
        prometheus: { port: 0 },
        ...options,
      }),
    },
  }).ended;
  expect([code, stderr]).toEqual([0, ""]);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  if (IS_FULL) process.stderr.write(`${name}: ${last}\n`);
  const soaked = JSON.parse(last) as Soaked;
  expect(soaked.grownMb).toBeLessThan(15);
  expect(soaked.series).toBeLessThan(4000);
  expect(soaked.lastEvents).toBe((SPANS + Math.min(40_000, SPANS)) / 4);
});
