/**
 * Why an export failed.
 *
 * `unreachable`: no connection, or it broke; `timeout`: no answer in time; `unavailable`: asked to come back later;
 * `rejected`: refused for good; `garbled`: whoever answers does not speak the protocol.
 */
export type FailureKind = "unreachable" | "timeout" | "unavailable" | "rejected" | "garbled";

/** What is known beside the kind. */
export interface FailureDetails {
  /** Status that was answered: a number of HTTP or a name of gRPC. */
  readonly status?: string;
  /** How long the collector asks to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

/** An export that failed, without a word of what the other side wrote: that is foreign text. */
export class ExportFailure extends Error {
  override readonly name = "ExportFailure";
  readonly kind: FailureKind;
  readonly status: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    { status = "", retryAfterMs }: FailureDetails = {},
  ) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may be taken later. */
  get isTemporary(): boolean {
    return this.kind !== "rejected" && this.kind !== "garbled";
  }
}
