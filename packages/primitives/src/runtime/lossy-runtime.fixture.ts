import type { Runtime, StepOptions, StepScope } from "./port.ts";

/** Journals nothing, but stops working on its run when the test says so, and answers steps from memory. */
export class LossyRuntime implements Runtime {
  readonly kind = "lossy";
  readonly inline = false;
  readonly wallClock = true;
  replaying = false;
  /** The step after which the process is lost, by the end of its path. */
  lostAfter = "none";
  recorded: ReadonlyMap<string, unknown> = new Map();
  readonly #stop = new AbortController();
  readonly #end = new AbortController();

  get signal(): AbortSignal {
    return this.#stop.signal;
  }
  get ended(): AbortSignal {
    return this.#end.signal;
  }
  now(): number {
    return 0;
  }
  elapsed(): number {
    return 0;
  }
  random(): number {
    return 0;
  }
  newId(): string {
    return "id";
  }
  sleep(): Promise<never> {
    return unused();
  }
  waitFor(): Promise<never> {
    return unused();
  }
  fork(): Promise<never> {
    return unused();
  }
  shielded<O>(run: () => Promise<O>): Promise<O> {
    return run();
  }
  start(): Runtime {
    return this;
  }
  async step<O>(
    path: string,
    run: (scope: StepScope) => Promise<O>,
    options?: StepOptions,
  ): Promise<O> {
    const name = path.split("/").at(-1)!;
    if (this.recorded.has(name)) return this.recorded.get(name) as O;
    const value = await run({ signal: this.signal, state: options!.state });
    if (name !== this.lostAfter) return value;
    this.lose();
    return new Promise<never>(() => undefined);
  }
  lose(): void {
    this.#end.abort();
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error("this test does not need it"));
}
