/** An answer over HTTP, or why there is none. */
export type Answer =
  | { readonly kind: "answer"; readonly response: Response; readonly text: string }
  | { readonly kind: "none"; readonly reason: string };

const PATIENCE_MS = 3000;

/** Asks an address. Never throws. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { kind: "answer", response, text: await response.text() };
  } catch (error) {
    return { kind: "none", reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${PATIENCE_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? reasonOf(cause) : error.message;
}
