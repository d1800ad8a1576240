/** Names under which clients hand out response headers with an error. */
const HEADER_HOLDERS = ["headers", "responseHeaders"] as const;

/**
 * Reads how long a server asks to wait, from what HTTP clients put on their errors: `retryAfterMs`, or a `retry-after-ms`
 * or `Retry-After` header (seconds or a date, RFC 9110 §10.2.3) on the error or its `response`.
 *
 * @returns milliseconds, or undefined where nothing usable is said
 */
export function retryAfterMs(error: unknown, nowMs: number): number | undefined {
  try {
    if (error === null || typeof error !== "object") return undefined;
    const own = (error as { retryAfterMs?: unknown }).retryAfterMs;
    if (typeof own === "number") return usable(own);
    const holders = [error, (error as { response?: unknown }).response];
    for (const holder of holders) {
      if (holder === null || typeof holder !== "object") continue;
      for (const name of HEADER_HOLDERS) {
        const found = fromHeaders((holder as Record<string, unknown>)[name], nowMs);
        if (found !== undefined) return found;
      }
    }
  } catch {
    // An error whose getters throw says nothing about waiting.
  }
  return undefined;
}

function fromHeaders(headers: unknown, nowMs: number): number | undefined {
  const milliseconds = Number.parseFloat(headerOf(headers, "retry-after-ms") ?? "");
  if (!Number.isNaN(milliseconds)) return usable(milliseconds);
  const value = headerOf(headers, "retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return usable(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (headers === null || typeof headers !== "object") return undefined;
  if (typeof (headers as { get?: unknown }).get === "function")
    return (headers as { get(name: string): string | null }).get(name) ?? undefined;
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  const value = key === undefined ? undefined : (headers as Record<string, unknown>)[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function usable(ms: number): number | undefined {
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
