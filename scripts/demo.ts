/**
 * Builds what is stale, then runs the demo in this process: signals that npm passes on reach it.
 */
import { buildOnce } from "./build-once.ts";

try {
  buildOnce();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
await import("../examples/support-desk/main.ts");
