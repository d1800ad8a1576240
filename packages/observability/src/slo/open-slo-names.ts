const LONGEST = 63;

/** Names objects as OpenSLO demands it: DNS labels of RFC 1123, at most 63 characters, none twice. */
export function dnsLabels(): (text: string, ending?: string) => string {
  const taken = new Set<string>();
  return (text, ending = "") => {
    for (let attempt = 1; ; attempt += 1) {
      const end = attempt === 1 ? ending : `${ending}-${attempt}`;
      const name = labelOf(text, LONGEST - end.length) + end;
      if (taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  };
}

/** Shortens a text to what OpenSLO allows for a display name. */
export function displayName(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).toWellFormed()}…`;
}

function labelOf(text: string, length: number): string {
  const label = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, length)
    .replace(/-$/, "");
  return label === "" ? "slo" : label;
}
