import assert from "node:assert/strict";
import {
  createFailingTicket,
  createRequest,
  createTicket,
  type ContextSize,
  type Reply,
  type Ticket,
} from "../scenario.ts";
import type { Observed } from "./observe.ts";
import { differences, type SpanRecord } from "./span-record.ts";

/** Spans that a run has, and attributes that each of its step spans has at its end, by context. */
const spansPerRun = 5;
const attributesPerStep: Readonly<Record<ContextSize, number>> = { four: 15, usual: 17, full: 20 };

/** Compares a run that succeeds and a run that fails, span by span. */
export async function compareTraces(contest: {
  readonly ours: Observed;
  readonly theirs: Observed;
  readonly size: ContextSize;
}): Promise<void> {
  const { ours, theirs, size } = contest;
  for (const ticket of [createTicket(1), createFailingTicket(2)]) {
    const succeeds = ticket.fails !== true;
    const outcomes: Outcome[] = [];
    const observe = (side: Observed): Promise<readonly SpanRecord[]> =>
      side.observe(async () => {
        outcomes.push(await outcomeOf(() => side.run(ticket, createRequest[size](ticket.id))));
      });
    const oursSpans = await observe(ours);
    const theirsSpans = await observe(theirs);
    assert.deepEqual(outcomes[1], outcomes[0], "the outcomes differ");
    const describes = succeeds || (ours.describesFailures && theirs.describesFailures);
    const found = describes
      ? differences(oursSpans, theirsSpans)
      : differences(oursSpans.map(withoutAttributes), theirsSpans.map(withoutAttributes));
    if (succeeds) found.push(...countDifferences(oursSpans, size));
    if (found.length > 0)
      throw new Error(
        `the traces of a run that ${succeeds ? "succeeds" : "fails"} differ:\n${found.join("\n")}`,
      );
  }
}

/** Compares what comes out of a run that succeeds and of one that fails. */
export async function compareOutcomes(
  ours: (ticket: Ticket) => Promise<Reply>,
  theirs: (ticket: Ticket) => Promise<Reply>,
): Promise<void> {
  for (const ticket of [createTicket(1), createFailingTicket(2)])
    assert.deepEqual(
      await outcomeOf(() => theirs(ticket)),
      await outcomeOf(() => ours(ticket)),
      "the outcomes differ",
    );
}

type Outcome = { readonly value: unknown } | { readonly error: string };

/** Runs something and says how it ended. */
export async function outcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error: String(error) };
  }
}

function withoutAttributes(span: SpanRecord): SpanRecord {
  return { ...span, attributes: {} };
}

/** The rows are about spans of a known size: a change of the catalogue has to be noticed here. */
function countDifferences(spans: readonly SpanRecord[], size: ContextSize): readonly string[] {
  const found: string[] = [];
  if (spans.length !== spansPerRun)
    found.push(`a run has ${spans.length} spans, expected ${spansPerRun}`);
  for (const span of spans.filter(({ name }) => name.startsWith("primitive.sequential.step_"))) {
    const count = Object.keys(span.attributes).length;
    if (count !== attributesPerStep[size])
      found.push(`${span.name} has ${count} attributes, expected ${attributesPerStep[size]}`);
  }
  return found;
}
