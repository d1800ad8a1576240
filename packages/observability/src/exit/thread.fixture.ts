// Runs program.fixture.ts in a worker thread.
import { Worker } from "node:worker_threads";

new Worker(new URL("program.fixture.ts", import.meta.url)).on("exit", (code) => {
  process.exitCode = code;
});
