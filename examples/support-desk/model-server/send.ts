import type { ServerResponse } from "node:http";
import type { Refusal } from "./refusal.ts";

/** Sends a JSON body with its length. */
export function sendJson(
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly body: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  },
): void {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(text);
}

/** Sends an error of the protocol. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  sendJson(response, refusal);
}
