import { signal } from "@tta-dev/primitives";
import type { Pace } from "./pace.ts";
import { uniformOf } from "./random.ts";
import type { CheckedDraft, Reply } from "./ticket.ts";

/** The people at the desk, simulated. */
export interface People {
  /** Puts a draft before the next one who is free. Their reply reaches the run as a signal. */
  readonly ask: (runId: string, draft: CheckedDraft) => void;
  /** Sends them home, whatever they are working on. */
  readonly close: () => void;
}

interface Inquiry {
  readonly runId: string;
  readonly draft: CheckedDraft;
}

/** What a run waits for when it waits for a person. */
export const personReplies = "person-replies";

/**
 * Makes people who read what they are handed one after the other, first come first served.
 *
 * A real desk would show the draft in its web page, and the page's server would call `signal`.
 */
export function createPeople({
  names,
  pace,
}: {
  readonly names: readonly string[];
  readonly pace: Pace;
}): People {
  const free = [...names];
  const waiting: Inquiry[] = [];
  const timers = new Set<NodeJS.Timeout>();

  function assign(): void {
    const inquiry = free.length > 0 ? waiting.shift() : undefined;
    if (inquiry === undefined) return;
    const person = free.shift() ?? "";
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        signal(inquiry.runId, personReplies, replyOf(person, inquiry.draft));
        free.push(person);
        assign();
      },
      pace.wallMs(readingMs(inquiry.draft)),
    );
    timers.add(timer);
  }

  return {
    ask(runId, draft) {
      waiting.push({ runId, draft });
      assign();
    },
    close() {
      waiting.length = 0;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Between 8 and 28 seconds. */
function readingMs({ ticket }: CheckedDraft): number {
  return 8_000 + 20_000 * uniformOf(`reading/${ticket.question.key}`);
}

function replyOf(person: string, { ticket, text }: CheckedDraft): Reply {
  const { customerId } = ticket.question;
  return { text: `Dear ${customerId},\n${text}\n${person}`, writtenBy: person };
}
