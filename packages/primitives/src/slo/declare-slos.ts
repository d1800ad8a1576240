import { describe } from "../options.ts";
import { slot } from "../slot.ts";
import type { Slo } from "./slo.ts";

/**
 * Checks a list of SLOs: each made by `defineSlo`, no two of one name, and none with the name of another SLO that the
 * process has. The same one may be declared more than once.
 *
 * @param option What the list was given as, for messages
 * @throws TypeError for what is no list of SLOs, RangeError for two of one name
 */
export function checkSlos(slos: unknown, option: string): readonly Slo[] {
  if (!Array.isArray(slos))
    throw new TypeError(`${option}: expected an array, got ${describe(slos)}`);
  const known = new Map<string, Slo>();
  for (const [index, slo] of (slos as readonly unknown[]).entries()) {
    if (!isSlo(slo))
      throw new TypeError(
        `${option}: expected what defineSlo() returns at index ${index}, got ${describe(slo)}`,
      );
    const twin = known.get(slo.name);
    if (twin !== undefined) throw namesakes(slo, twin, option);
    known.set(slo.name, slo);
    const other = slot().slos.get(slo.name)?.slo;
    if (other !== undefined && !isSame(slo, other)) throw namesakes(slo, other, option);
  }
  return [...known.values()];
}

/**
 * Declares SLOs in the process, so that whoever judges its runs knows of them.
 *
 * @param option What the list was given as, for messages
 * @returns a function that takes them back
 * @throws TypeError for what is no list of SLOs, RangeError for two of one name
 */
export function declareSlos(slos: unknown, option: string): () => void {
  const checked = checkSlos(slos, option);
  const { slos: declared, sloListeners } = slot();
  for (const slo of checked) {
    const other = declared.get(slo.name)?.slo;
    if (other !== undefined && other.workflow !== slo.workflow) throw namesakes(slo, other, option);
  }
  const held = checked.map((slo) => {
    const known = declared.get(slo.name);
    const entry = known ?? { slo, declarations: 0 };
    entry.declarations += 1;
    if (known === undefined) {
      declared.set(slo.name, entry);
      for (const listener of sloListeners) listener(slo);
    }
    return entry;
  });
  return () => {
    for (const entry of held.splice(0)) {
      entry.declarations -= 1;
      if (entry.declarations === 0) declared.delete(entry.slo.name);
    }
  };
}

/** Declares the SLOs that a workflow was given: one that says nothing else is about that workflow. */
export function declareSlosOf(workflow: string, slos: unknown): readonly Slo[] {
  const option = `workflow("${workflow}", { slos })`;
  const own: unknown = Array.isArray(slos)
    ? slos.map((slo: unknown) =>
        isSlo(slo) ? Object.freeze({ ...slo, workflow: slo.workflow ?? workflow }) : slo,
      )
    : slos;
  declareSlos(own, option);
  return own as readonly Slo[];
}

/**
 * Tells a listener of every SLO of the process: at once of those that are declared, later of each new one.
 *
 * @param listener Must not throw
 * @returns a function that ends it
 */
export function onSlo(listener: (slo: Slo) => void): () => void {
  const { slos, sloListeners } = slot();
  for (const { slo } of slos.values()) listener(slo);
  sloListeners.add(listener);
  return () => void sloListeners.delete(listener);
}

/** It is plain data, maybe of another copy of this package: its shape has to tell. */
function isSlo(value: unknown): value is Slo {
  if (value === null || typeof value !== "object") return false;
  const { name, objective, windowDays, indicator, alerts } = value as Partial<Slo>;
  return (
    typeof name === "string" &&
    typeof objective === "number" &&
    typeof windowDays === "number" &&
    typeof indicator === "object" &&
    Array.isArray(alerts)
  );
}

/**
 * Whether it is the one that is declared, or the same before it was given to that one's workflow. `defineSlo` writes the
 * fields in one order, so equal ones have equal texts.
 */
function isSame(slo: Slo, declared: Slo): boolean {
  const { workflow = declared.workflow } = slo;
  return workflow === declared.workflow && textOf(slo) === textOf(declared);
}

function textOf(slo: Slo): string {
  return JSON.stringify({ ...slo, workflow: undefined });
}

function namesakes(one: Slo, other: Slo, option: string): RangeError {
  return new RangeError(
    `${option}: two SLOs are called "${one.name}", ${wordsFor(other)} and ${wordsFor(one)}; expected a name of its own for each`,
  );
}

function wordsFor({ objective, workflow }: Slo): string {
  return `one of ${objective} for ${workflow === undefined ? "every run" : `the workflow "${workflow}"`}`;
}
