/** What stands where something was taken out; with a word that says what it was. */
export function mark(what?: string): string {
  return what === undefined ? "[redacted]" : `[redacted:${what}]`;
}
