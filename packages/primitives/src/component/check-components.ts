import { describe } from "../options.ts";
import type { Component } from "./component.ts";
import { componentStages } from "./stage.ts";

/**
 * Checks a list of components, which another copy of this package may have made.
 *
 * @param option What the list was given as, for messages
 * @throws TypeError when it is no list of components, RangeError when two share a name
 */
export function checkComponents(components: unknown, option: string): readonly Component[] {
  if (!Array.isArray(components))
    throw new TypeError(`${option}: expected an array of components, got ${describe(components)}`);
  const names = new Set<string>();
  for (const [index, one] of (components as readonly (Partial<Component> | null)[]).entries()) {
    if (!isComponent(one))
      throw new TypeError(
        `${option}: expected what defineComponent() returns at index ${index}, got ${typeof one?.type === "string" ? `a ${one.type as string}` : describe(one)}`,
      );
    if (names.has(one.name))
      throw new RangeError(`${option}: two components are called "${one.name}"`);
    names.add(one.name);
  }
  return components as readonly Component[];
}

function isComponent(one: Partial<Component> | null | undefined): one is Component {
  return (
    one?.type === "component" &&
    typeof one.name === "string" &&
    componentStages.some((stage) => stage === one.stage) &&
    Array.isArray(one.parts) &&
    Array.isArray(one.slos) &&
    typeof one.gates?.staging === "object" &&
    typeof one.gates.production === "object"
  );
}
