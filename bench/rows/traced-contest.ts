import type { Contest, Run } from "../harness/paired.ts";
import { createOurs } from "../ours.ts";
import {
  createRequest,
  createTicket,
  type ContextSize,
  type Reply,
  type RequestContext,
  type Ticket,
} from "../scenario.ts";
import { startObservability } from "../telemetry/observability.ts";
import { registerSdk, type Sampling } from "../telemetry/sdk.ts";

/** Anything that answers a ticket for somebody. */
export type Contestant = (ticket: Ticket, request: RequestContext) => Promise<Reply>;

/** Spans of one run of the three-step workflow: the workflow, the sequence and its steps. */
export const spansPerRun = 5;

interface TracedInit {
  readonly sampling: Sampling;
  /** True under `initializeObservability`, which knows its own sampler. */
  readonly samplerKnown?: boolean;
  readonly size?: ContextSize;
  /** Makes the opponent, after the SDK is registered. */
  readonly opponent: () => Contestant;
  /** True where the opponent's spans go to the same exporter and its metrics to the same meter provider. */
  readonly opponentUsesSdk: boolean;
  /** Checks what the opponent did in place of exporting to the SDK. */
  readonly checkOpponent?: (runs: number) => void;
}

/** Ours under a registered SDK against an opponent in the same process. */
export function createTracedContest(init: TracedInit): Contest {
  const { sampling, samplerKnown = false, size = "usual", opponentUsesSdk } = init;
  const sdk = registerSdk(sampling);
  const opponent = init.opponent();
  const ours = createOurs();
  if (samplerKnown) startObservability();
  return {
    ours: asRun(ours, size),
    theirs: asRun(opponent, size),
    settle: () => sdk.flush(),
    async check(runs) {
      const sides = opponentUsesSdk ? 2 : 1;
      checkExported({
        exported: sdk.exporter.exported,
        expected: sides * runs * spansPerRun,
        sampling,
      });
      init.checkOpponent?.(runs);
      if (!opponentUsesSdk) return;
      const counted = await sdk.total("primitive.execution.count");
      if (counted !== runs * spansPerRun)
        throw new Error(
          `the opponent counted ${counted} executions, expected ${runs * spansPerRun}`,
        );
    },
  };
}

/** Gives every run of a contestant a ticket and a request of its own. */
export function asRun(contestant: Contestant, size: ContextSize): Run {
  const request = createRequest[size];
  return (index) => contestant(createTicket(index), request(index));
}

function checkExported(spans: { exported: number; expected: number; sampling: Sampling }): void {
  const { exported, expected, sampling } = spans;
  const [least, most] = { all: [1, 1], "one-percent": [0.005, 0.02], never: [0, 0] }[sampling];
  if (exported < expected * least! || exported > expected * most!)
    throw new Error(`${exported} spans were exported of ${expected}, which is not "${sampling}"`);
}
