/** Longest text that is looked at and written; the rest is counted. */
const LONGEST_TEXT = 16_384;
/** Read past the cut, so that a secret that lies across it is still seen whole. */
const OVERLAP = 4096;
/** Texts up to this length are remembered when there is nothing in them. */
const LONGEST_REMEMBERED = 64;
const MOST_REMEMBERED = 2000;

/** Takes secrets out of a text and cuts it, to `most` characters where that is given. */
export type BoundedText = (text: string, most?: number) => string;

/**
 * Puts bounds on the work of a redactor: texts are cut, and the short ones that come again and again (names of events,
 * of fields, of primitives) are judged once.
 */
export function boundedText(redact: (text: string) => string): BoundedText {
  const clean = new Set<string>();

  const short = (text: string): string => {
    if (clean.has(text)) return text;
    const result = redact(text);
    if (result === text) {
      if (clean.size >= MOST_REMEMBERED) clean.clear();
      clean.add(text);
    }
    return result;
  };
  const cut = (text: string, most: number): string => {
    // The end goes after the redaction: what is cut in the middle there may be half a secret.
    const seen = most === 0 ? "" : redact(text.slice(0, most + OVERLAP)).slice(0, -OVERLAP);
    return `${seen.slice(0, most)}…[${text.length - most} more characters]`;
  };
  return (text, most = LONGEST_TEXT) =>
    text.length > most
      ? cut(text, most)
      : text.length <= LONGEST_REMEMBERED
        ? short(text)
        : redact(text);
}
