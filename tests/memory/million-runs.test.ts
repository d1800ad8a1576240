import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("a million runs leave the heap flat", async () => {
  const program = fileURLToPath(new URL("./million-runs.ts", import.meta.url));
  const args = ["--expose-gc", "--conditions=@tta-dev/source", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(Number(stdout)).toBeLessThan(1);
}, 120_000);
