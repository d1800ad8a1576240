import type { OpenAI } from "openai";
import type { Question } from "./traffic/question.ts";

/** What a question can be about. */
export type TicketKind = "billing" | "technical" | "account" | "complaint" | "other";

/** A question that the coordinator has looked at. */
export interface Ticket {
  readonly question: Question;
  readonly kind: TicketKind;
}

/** A ticket with what is known about it. */
export interface Briefing {
  readonly ticket: Ticket;
  /** Documents about its topic. */
  readonly docs: readonly string[];
  /** What the customer wrote before. */
  readonly history: readonly string[];
}

/** An answer that nobody has checked yet. */
export interface Draft extends Briefing {
  readonly text: string;
  /** The model that wrote it; undefined for the canned answer. */
  readonly model?: string;
  /** The model's name for its answer. */
  readonly id?: string;
  /** The tokens it took. */
  readonly usage?: OpenAI.CompletionUsage | undefined;
}

/** An answer and how far it can be trusted, from 0 to 1. */
export interface CheckedDraft extends Draft {
  readonly confidence: number;
}

/** What the customer gets. */
export interface Reply {
  readonly text: string;
  /** A model's name, or a person's. */
  readonly writtenBy: string;
}
