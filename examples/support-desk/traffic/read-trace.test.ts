import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readTrace } from "./read-trace.ts";
import { TraceError } from "./trace-row.ts";
import type { TraceRow } from "./trace-row.ts";

const excerpt = join(import.meta.dirname, "../data/azure-conv-excerpt.csv");
const header = "TIMESTAMP,ContextTokens,GeneratedTokens";
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "read-trace-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function readText(text: string): Promise<TraceRow[]> {
  const path = join(folder, "trace");
  await writeFile(path, text);
  return readAll(path);
}

async function readAll(path: string): Promise<TraceRow[]> {
  const rows: TraceRow[] = [];
  for await (const row of readTrace(path)) rows.push(row);
  return rows;
}

async function failureOf(text: string): Promise<string> {
  const error: unknown = await readText(text).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TraceError);
  return (error as TraceError).message.replace(folder, "");
}

describe("readTrace on Azure CSV", () => {
  test("the excerpt has 400 requests over 106 seconds", async () => {
    const rows = await readAll(excerpt);
    expect(rows).toHaveLength(400);
    expect(rows[0]).toEqual({ atMs: 0, promptTokens: 374, completionTokens: 44 });
    expect(rows[1]).toEqual({ atMs: 4314.579, promptTokens: 396, completionTokens: 109 });
    expect(rows.at(-1)).toEqual({ atMs: 106_330.212, promptTokens: 1314, completionTokens: 200 });
  });

  test("seven fractional digits keep their last one", async () => {
    const rows = await readText(
      `${header}\n2023-11-16 18:15:46.9999999,1,1\n2023-11-16 18:15:47.0000001,1,1\n2023-11-17 00:00:00,1,1`,
    );
    expect(rows.map((row) => row.atMs)).toEqual([0, 0.0002, 20_653_000.0001]);
  });

  test("time zones are honoured", async () => {
    const rows = await readText(
      `${header}\n2024-05-10 00:00:00.009930+00:00,1,1\n2024-05-10T02:00:01.009930+02:00,1,1\n`,
    );
    expect(rows.map((row) => row.atMs)).toEqual([0, 1000]);
  });

  test("timestamps without a zone are in UTC, wherever the program runs", async () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    const rows = await readText(
      `${header}\n2024-03-31 00:30:00.0,1,1\n2024-03-31 03:30:00.0,1,1\n`,
    );
    vi.unstubAllEnvs();
    expect(rows.map((row) => row.atMs)).toEqual([0, 3 * 3_600_000]);
  });

  test("a byte order mark, CRLF and blank lines at the end make no difference", async () => {
    const rows = await readText(`\uFEFF${header}\r\n2023-11-16 18:15:46.68,374,44\r\n\r\n\n`);
    expect(rows).toEqual([{ atMs: 0, promptTokens: 374, completionTokens: 44 }]);
  });

  test.each([
    ["text for a count", "2023-11-16 18:15:46.68,many,44"],
    ["a negative count", "2023-11-16 18:15:46.68,-4,44"],
    ["a fraction of a token", "2023-11-16 18:15:46.68,4.5,44"],
    ["a missing cell", "2023-11-16 18:15:46.68,374"],
    ["a cell too many", "2023-11-16 18:15:46.68,374,44,1"],
    ["a bare number for a timestamp", "1700158546,374,44"],
    ["a month that does not exist", "2023-13-16 18:15:46.68,374,44"],
  ])("%s is an error that names file, line and what was expected", async (_, row) => {
    expect(await failureOf(`${header}\n2023-11-16 18:15:46.68,374,44\n${row}\n`)).toBe(
      `/trace, line 3: expected a row of ${header}, such as 2023-11-16 18:15:46.6805900,374,44, got "${row}"`,
    );
  });
});

describe("readTrace on Mooncake JSON Lines", () => {
  test("arrivals count from the first row; other fields and a byte order mark are ignored", async () => {
    const rows = await readText(
      '\uFEFF{"timestamp": 500, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}\r\n' +
        '{"timestamp": 3500.5, "input_length": 7, "output_length": 0}\n\n',
    );
    expect(rows).toEqual([
      { atMs: 0, promptTokens: 6758, completionTokens: 500 },
      { atMs: 3000.5, promptTokens: 7, completionTokens: 0 },
    ]);
  });

  test.each([
    '{"timestamp": 1',
    '{"timestamp": 1, "input_length": "2", "output_length": 3}',
    "[]",
    "null",
  ])("%s is an error that names the line", async (row) => {
    const good = '{"timestamp": 0, "input_length": 1, "output_length": 1}';
    expect(await failureOf(`${good}\n${row}`)).toMatch(
      /^\/trace, line 2: expected an object such as \{"timestamp": 0, .*\}, got ".*"$/u,
    );
  });
});

describe("readTrace", () => {
  test("an unknown first line is an error that names both formats and shows the start of the line", async () => {
    expect(await failureOf(`name,${"x".repeat(500)}`)).toBe(
      `/trace, line 1: expected the header ${header} or an object such as ` +
        `{"timestamp": 0, "input_length": 6758, "output_length": 500}, got "name,${"x".repeat(54)}…"`,
    );
  });

  test.each([
    ["an empty file", ""],
    ["a header alone", `${header}\r\n`],
    ["blank lines alone", "\n\n"],
  ])("%s has no request and says so", async (_, text) => {
    expect(await failureOf(text)).toBe("/trace: expected at least one request, got none");
  });

  test("rows out of order are an error", async () => {
    expect(
      await failureOf(`${header}\n2023-11-16 18:15:46.68,1,1\n2023-11-16 18:15:46.67,1,1`),
    ).toBe(
      "/trace, line 3: expected rows in order of arrival, got one that arrives before the row above it",
    );
  });

  test("a blank line between rows is an error that names it", async () => {
    expect(await failureOf(`${header}\n2023-11-16 18:15:46,1,1\n\n2023-11-16 18:15:47,1,1`)).toBe(
      "/trace, line 3: a blank line before the end of the file",
    );
  });

  test.each([
    ["a missing file", "absent", "ENOENT"],
    ["a folder", ".", "EISDIR"],
  ])("%s is an error that names the path and the reason", async (_, name, code) => {
    const path = join(folder, name);
    await expect(readAll(path)).rejects.toThrow(`${path}: cannot be read (${code}`);
  });

  test("a reader that stops early closes the file", async () => {
    const trace = readTrace(excerpt);
    await trace.next();
    await expect(trace.return()).resolves.toEqual({ done: true, value: undefined });
  });
});

const data = process.env["TTA_DATA"];

describe("readTrace on whole traces", () => {
  test.each([
    ["azure_conv.csv", 19_366, 3_501_721.937],
    ["mooncake_conversation_1.jsonl", 6_000, 1_872_000],
  ])("%s is read to its end", async (name, count, lastMs) => {
    const rows = await readAll(join(data ?? "", name));
    expect(rows).toHaveLength(count);
    expect(rows.at(-1)?.atMs).toBe(lastMs);
  });

  beforeEach(({ skip }) => {
    skip(data === undefined, "TTA_DATA does not name a folder with whole traces");
  });
});
