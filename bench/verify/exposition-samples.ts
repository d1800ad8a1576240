/**
 * Reads the samples of one metric from a page in the Prometheus text format: name and labels, in any order and
 * spelling of numbers, to value.
 */
export function parseSamples(page: string, metric: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of page.split("\n")) {
    if (!line.startsWith(metric)) continue;
    const [, name = "", labels = "", value = ""] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const pairs = [...labels.matchAll(/([^,=]+)="((?:[^"\\]|\\.)*)"/g)]
      .map(([, label = "", text = ""]) => `${label}=${label === "le" ? numberOf(text) : text}`)
      .toSorted();
    samples.set(`${name}{${pairs.join(",")}}`, numberOf(value));
  }
  return samples;
}

function numberOf(text: string): number {
  return text === "+Inf" ? Infinity : Number(text);
}
