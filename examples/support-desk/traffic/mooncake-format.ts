import type { ParsedLine, TraceFormat } from "./trace-row.ts";

/** Whether a trace's first line looks like a JSON object, as every line of a Mooncake trace does. */
export function isMooncakeLine(line: string): boolean {
  return line.trimStart().startsWith("{");
}

/** The Mooncake traces: one JSON object a line; timestamps are milliseconds; other fields are ignored. */
export const mooncakeFormat: TraceFormat = {
  name: "Mooncake JSON Lines",
  expected: 'an object such as {"timestamp": 0, "input_length": 6758, "output_length": 500}',
  hasHeader: false,
  parse: parseMooncakeLine,
};

function parseMooncakeLine(line: string): ParsedLine | undefined {
  const row = parseObject(line);
  const timestamp = row?.["timestamp"];
  const promptTokens = row?.["input_length"];
  const completionTokens = row?.["output_length"];
  if (typeof timestamp !== "number" || timestamp < 0) return undefined;
  if (!isTokenCount(promptTokens) || !isTokenCount(completionTokens)) return undefined;
  const milliseconds = Math.floor(timestamp);
  return {
    milliseconds,
    nanoseconds: (timestamp - milliseconds) * 1e6,
    promptTokens,
    completionTokens,
  };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isTokenCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1e9;
}
