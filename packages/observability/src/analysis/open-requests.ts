import type { Registry } from "@tta-dev/primitives";

/** Requests that have begun, by name. */
export interface OpenRequests {
  readonly start: (name: string) => void;
  /** One of them is recorded: it is over, and the `end` that may follow says nothing new. */
  readonly recorded: (name: string) => void;
  /** One of them is over. More ends than starts are ignored: what is under way is never less than nothing. */
  readonly end: (name: string) => void;
}

interface Open {
  /** Started, not ended. */
  started: number;
  /** Of these, how many are recorded: over, as far as anybody can see. */
  recorded: number;
}

/** Shows requests where runs of workflows show: `agent.workflows.active` and `primitive.execution.active`. */
export function createOpenRequests(registry: () => Registry): OpenRequests {
  const open = new Map<string, Open>();

  function move(name: string, by: 1 | -1): void {
    registry().upDown("agent.workflows.active").bind({ workflow_name: name }).add(by);
    registry()
      .upDown("primitive.execution.active")
      .bind({ primitive_name: name, primitive_type: "workflow" })
      .add(by);
  }

  return {
    start(name) {
      const requests = open.get(name);
      if (requests === undefined) open.set(name, { started: 1, recorded: 0 });
      else requests.started++;
      move(name, 1);
    },
    recorded(name) {
      const requests = open.get(name);
      if (requests === undefined || requests.recorded === requests.started) return;
      requests.recorded++;
      move(name, -1);
    },
    end(name) {
      const requests = open.get(name);
      if (requests === undefined) return;
      if (requests.recorded > 0) requests.recorded--;
      else move(name, -1);
      requests.started--;
      if (requests.started === 0) open.delete(name);
    },
  };
}
