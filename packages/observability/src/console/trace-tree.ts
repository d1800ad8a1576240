import { SpanStatusCode } from "@opentelemetry/api";
import type { Attributes, HrTime } from "@opentelemetry/api";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { stripVTControlCharacters } from "node:util";

/** How a part of a line is emphasised; the plain one returns the text. */
export type Paint = (style: "bold" | "dim" | "red" | "yellow", text: string) => string;

const LONGEST_TEXT = 200;
const DURATION_WIDTH = 9;
/** Stands for the parent of what has none; span ids are never empty. */
const TOP = "";

/**
 * Draws the finished spans of one trace as a tree, a line per span: duration, name, what it did.
 * A span whose parent is not among them stands at the top.
 */
export function formatTrace(spans: readonly ReadableSpan[], paint: Paint): string {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const parentOf = (span: ReadableSpan): string => {
    const id = span.parentSpanContext?.spanId;
    return id !== undefined && ids.has(id) ? id : TOP;
  };
  const children = Map.groupBy(spans.toSorted(byStart), parentOf);

  const lines: string[] = [];
  const draw = (span: ReadableSpan, before: string, branch: string): void => {
    lines.push(line(span, before + branch, paint));
    const below = children.get(span.spanContext().spanId) ?? [];
    const indent = before + (branch === "" ? "" : branch === "└─ " ? "   " : "│  ");
    for (const [index, child] of below.entries()) {
      draw(child, indent, index === below.length - 1 ? "└─ " : "├─ ");
    }
  };
  for (const top of children.get(TOP) ?? []) draw(top, "", "");
  return lines.join("\n");
}

/** Writes a duration with the unit that suits it: `850 µs`, `12.3 ms`, `1.24 s`, `2 m 05 s`. */
export function formatDuration(duration: HrTime): string {
  const ms = hrTimeToMilliseconds(duration);
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${threeDigits(ms)} ms`;
  if (ms < 60_000) return `${threeDigits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`;
}

function line(span: ReadableSpan, branch: string, paint: Paint): string {
  const about = notable(span.attributes).join(" · ");
  const failure = describeFailure(span);
  return [
    `${paint("dim", formatDuration(span.duration).padStart(DURATION_WIDTH))}  `,
    `${paint("dim", branch)}${paint("bold", clean(span.name))}`,
    about === "" ? "" : ` ${paint("dim", about)}`,
    failure === undefined ? "" : ` ${paint("red", failure)}`,
  ].join("");
}

/** What is worth a word beside the name. */
function notable(attributes: Attributes): string[] {
  const told = (name: string, write: (value: string) => string): string | undefined => {
    const value = shown(attributes[name]);
    return value === undefined ? undefined : write(value);
  };
  return [
    shown(attributes["step.name"] ?? attributes["primitive.name"]),
    told("retry.attempt", (number) => `attempt ${number}`),
    told("cache.kind", (kind) => `cache ${kind}`),
    told("wait.ms", (ms) => `waited ${ms} ms`),
  ].filter((part) => part !== undefined);
}

/** An error that left the span, or else an ending that is none but no success either, such as a cancelled run. */
function describeFailure({ status, attributes }: ReadableSpan): string | undefined {
  const outcome = shown(attributes["execution.status"]);
  if (status.code !== SpanStatusCode.ERROR) return outcome === "success" ? undefined : outcome;
  const type = shown(attributes["error.type"]) ?? outcome ?? "error";
  const message = shown(status.message ?? attributes["error.message"]);
  return message === undefined ? type : `${type}: ${message}`;
}

function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return clean(typeof value === "string" ? value : JSON.stringify(value));
}

/** Names and messages may hold foreign text: without escape sequences, so that it cannot drive the terminal, on one line, not too long. */
function clean(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
  return plain.length > LONGEST_TEXT ? `${plain.slice(0, LONGEST_TEXT)}…` : plain;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function byStart(one: ReadableSpan, other: ReadableSpan): number {
  return one.startTime[0] - other.startTime[0] || one.startTime[1] - other.startTime[1];
}
