import type { RunHome } from "./in-process.ts";
import type { Runtime } from "./port.ts";
import type { Scope } from "./scope.ts";

/** Where runs run: makes the runtime of one run. `virtualRuntime()` of the test kit is one. */
export interface RuntimeSource {
  start(run: {
    readonly scope: Scope;
    readonly home: RunHome;
    readonly workflowId: string | undefined;
  }): Runtime;
}
