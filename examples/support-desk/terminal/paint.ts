import { styleText } from "node:util";

/** The styles the demo uses. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Puts a text in a style, or leaves it as it is where colours are not wanted. */
export type Paint = (style: Style, text: string) => string;

/** Leaves every text as it is. */
export const paintNothing: Paint = (_style, text) => text;

/** Puts every text in its style, whatever it is written to. */
export const paintAlways: Paint = (style, text) =>
  text === "" ? "" : styleText(style, text, { validateStream: false });

/**
 * Chooses whether to paint what is written to a stream: a terminal gets colours. `FORCE_COLOR`
 * (0 or false for never, anything else for always) comes before `NO_COLOR` (https://no-color.org),
 * as in Node itself.
 */
export function choosePaint(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = environment;
  if (forced !== undefined)
    return forced === "0" || forced === "false" ? paintNothing : paintAlways;
  if (refused !== undefined && refused !== "") return paintNothing;
  return stream.isTTY === true && terminal !== "dumb" ? paintAlways : paintNothing;
}
