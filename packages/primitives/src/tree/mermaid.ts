import type { WorkflowGraph } from "./describe.ts";

/**
 * Draws a workflow as a Mermaid flowchart: a box for each primitive, a rounded one for each step, and on every arrow the
 * key of the child.
 *
 * The text depends on the tree alone. See https://mermaid.js.org/syntax/flowchart.html
 *
 * @param graph What `describe()` returns
 * @example
 * ```ts
 * import { sequential, toMermaid, workflow } from "@tta-dev/primitives";
 *
 * const greet = workflow("greet", sequential((name: string) => name.trim(), (name) => `Hello ${name}`));
 * const chart = toMermaid(greet.describe());
 * ```
 */
export function toMermaid(graph: WorkflowGraph): string {
  const lines = ["flowchart TD"];
  let count = 0;
  const draw = (node: WorkflowGraph): string => {
    const id = `n${count++}`;
    const label = `"${escape(labelOf(node))}"`;
    lines.push(`  ${id}${node.leaf ? `(${label})` : `[${label}]`}`);
    for (const { key, graph: child } of node.children) {
      const below = draw(child);
      lines.push(`  ${id} -->${key === "" ? "" : `|"${escape(key)}"|`} ${below}`);
    }
    return id;
  };
  draw(graph);
  return `${lines.join("\n")}\n`;
}

/** A primitive says its type above its name; a plain step is its name. */
function labelOf({ name, type }: WorkflowGraph): string {
  return type === "step" || type === name ? name : `${type}\n${name}`;
}

/** Entity codes, with "#" for "&", are how Mermaid takes what would end a label or read as markup. */
function escape(text: string): string {
  return text
    .replaceAll(/[#&"<>`\\|[\](){}]/g, (character) => `#${character.codePointAt(0)};`)
    .replaceAll(/\r?\n/g, "<br/>");
}
