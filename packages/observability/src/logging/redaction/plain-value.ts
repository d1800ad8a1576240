import { types } from "node:util";
import { mark } from "./mark.ts";
import type { PathPlace } from "./path-tree.ts";
import { below, isNamed } from "./path-tree.ts";
import { isError, plainError } from "./plain-error.ts";
import type { RedactionRules } from "./rules.ts";
import { isNamedBefore, markFor } from "./rules.ts";
import { special } from "./special-value.ts";

const DEEPEST = 8;
const MOST_ENTRIES = 100;
const MOST_VALUES = 2000;
const MOST_CHARACTERS = 131_072;
const LONGEST_KEY = 200;
/** Smaller numbers have too few digits for a card. */
const LEAST_CARD_NUMBER = 1e12;

/** Values by name. */
export type PlainObject = Record<string, unknown>;

/** A value under its name, and where the two stand. */
interface Field {
  readonly key: string;
  readonly value: unknown;
  readonly place: PathPlace;
}

/**
 * Copies anything into what JSON can hold, with secrets and content taken out, in bounded size and time.
 *
 * One copier makes one copy: it knows what it has used up. It never throws, whatever getters, proxies and `toJSON`
 * do; what cannot be read says so in its place.
 */
export class PlainCopier {
  readonly #rules: RedactionRules;
  readonly #ancestors: object[] = [];
  #values = MOST_VALUES;
  #characters = MOST_CHARACTERS;

  constructor(rules: RedactionRules) {
    this.#rules = rules;
  }

  /** Copies a value that stands at `place` of the paths. */
  copy(value: unknown, place: PathPlace): unknown {
    if (this.#values-- <= 0) return "[too many values]";
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        return this.#number(value);
      case "boolean":
      case "undefined":
        return value;
      case "bigint":
      case "symbol":
        return this.#text(String(value));
      case "function":
        return "[function]";
      case "object":
        return value === null ? null : this.#nested(value, place);
    }
  }

  #fields(source: object, target: PlainObject, place: PathPlace): void {
    if (types.isMap(source)) {
      let left = source.size;
      for (const [key, value] of source) {
        if (source.size - left === MOST_ENTRIES) break;
        left -= 1;
        const name = typeof key === "object" && key !== null ? "[object]" : String(key);
        this.#put(target, { key: name, value, place });
      }
      if (left > 0) target["…"] = `${left} more`;
      return;
    }
    const keys = Object.keys(source);
    for (let index = 0; index < keys.length; index++) {
      if (index === MOST_ENTRIES) {
        target["…"] = `${keys.length - index} more`;
        return;
      }
      const key = keys[index]!;
      let value: unknown;
      try {
        value = (source as PlainObject)[key];
      } catch (error) {
        value = unreadable(error);
      }
      this.#put(target, { key, value, place });
    }
  }

  #put(target: PlainObject, { key, value, place }: Field): void {
    if (value === undefined || typeof value === "function") return;
    const here = below(place, key);
    const copied = markFor(this.#rules, { key, value, place: here }) ?? this.copy(value, here);
    const name = this.#rules.text(key, LONGEST_KEY);
    if (name === "__proto__")
      Object.defineProperty(target, name, { value: copied, enumerable: true, configurable: true });
    else target[name] = copied;
  }

  #text(text: string): string {
    const left = Math.max(this.#characters, 0);
    const result = this.#rules.text(text, text.length > left ? left : undefined);
    this.#characters -= result.length;
    return result;
  }

  #number(value: number): unknown {
    if (!Number.isFinite(value)) return String(value);
    if (Math.abs(value) < LEAST_CARD_NUMBER || !Number.isInteger(value)) return value;
    const text = String(value);
    const result = this.#rules.text(text);
    return result === text ? value : result;
  }

  #nested(value: object, place: PathPlace): unknown {
    if (this.#ancestors.includes(value)) return "[circular]";
    if (this.#ancestors.length >= DEEPEST) return "[too deep]";
    this.#ancestors.push(value);
    try {
      return this.#inside(value, place);
    } catch (error) {
      return this.#text(unreadable(error));
    } finally {
      this.#ancestors.pop();
    }
  }

  #inside(value: object, place: PathPlace): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      if (Array.isArray(value)) return this.#list(value, { length: value.length, place });
      if (isError(value)) return this.#error(value, place);
      if (types.isSet(value)) return this.#list(value, { length: value.size, place });
      const described = special(value);
      if (described !== undefined) return this.copy(described.value, place);
    }
    const json = (value as { readonly toJSON?: unknown }).toJSON;
    if (typeof json === "function") return this.copy(Reflect.apply(json, value, [""]), place);
    const target: PlainObject = {};
    this.#fields(value, target, place);
    return target;
  }

  #list(
    values: Iterable<unknown>,
    { length, place }: { readonly length: number; readonly place: PathPlace },
  ): unknown[] {
    const copied: unknown[] = [];
    let before: unknown;
    for (const value of values) {
      if (copied.length === MOST_ENTRIES) {
        copied.push(`… ${length - MOST_ENTRIES} more`);
        break;
      }
      const here = below(place, String(copied.length));
      const isHidden = isNamed(here) || isNamedBefore(this.#rules, before, value);
      copied.push((isHidden ? mark() : this.copy(value, here)) ?? null);
      before = value;
    }
    return copied;
  }

  #error(error: Error, place: PathPlace): PlainObject {
    return plainError(error, (field, value) => this.copy(value, below(place, field)));
  }
}

/** What is written for a value that threw when it was read. */
function unreadable(error: unknown): string {
  try {
    return `[unreadable: ${isError(error) ? String(error.message) : typeof error}]`;
  } catch {
    return "[unreadable]";
  }
}
