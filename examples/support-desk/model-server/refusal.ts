/** An answer that is not a completion: a status, headers and the protocol's error body. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: string | null;
    };
  };
}

/** Builds an error as the OpenAI protocol has it. */
export function createRefusal(
  status: number,
  message: string,
  rest: {
    readonly type?: string;
    readonly param?: string | null;
    readonly code?: string | null;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Refusal {
  const {
    type = status < 500 ? "invalid_request_error" : "server_error",
    param = null,
    code = null,
  } = rest;
  return { status, headers: rest.headers ?? {}, body: { error: { message, type, param, code } } };
}

/** 429: too many requests, with Retry-After in whole seconds. */
export function refuseForRate(model: string, retryAfterSeconds: number): Refusal {
  return createRefusal(
    429,
    `Rate limit reached for ${model}. Please try again in ${retryAfterSeconds}s.`,
    {
      type: "requests",
      code: "rate_limit_exceeded",
      headers: { "retry-after": String(retryAfterSeconds) },
    },
  );
}
