import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseState, type SloState } from "./slo-state.ts";

const state: SloState = {
  version: 1,
  slos: [
    {
      name: "s",
      judgedBy: "[]",
      expiresAtMs: 5,
      lastSuccessAtMs: 4,
      burning: [{ pair: "1h/5m", sinceMs: 3 }],
      windows: [{ name: "own", bucketMs: 2.5, buckets: [[-1, 3, 1]] }],
    },
  ],
};

/** The state with the field at a path replaced. */
function withField(path: readonly (string | number)[], value: unknown): string {
  const copy: unknown = structuredClone(state);
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

const WINDOW = ["slos", 0, "windows", 0];
const BUCKET = [...WINDOW, "buckets", 0];

describe("saved state", () => {
  it("is read as it was written", () => {
    expect(parseState(JSON.stringify(state))).toEqual(state);
    const [{ lastSuccessAtMs: _, ...slo }] = [state.slos[0]!];
    const without = { version: 1, slos: [slo] };
    expect(parseState(JSON.stringify(without))).toEqual(without);
  });

  it.each([
    ["", "JSON"],
    ["{", "JSON"],
    ["[]", "it is no object"],
    ["null", "it is no object"],
    [withField(["version"], 2), "its version is 2, not 1"],
    [withField(["slos"], {}), "slos is no array"],
    [withField(["slos", 0], 5), "slos holds something that is no object"],
    [withField(["slos", 0, "name"], 5), "name is no text"],
    [withField(["slos", 0, "judgedBy"], null), "judgedBy is no text"],
    [withField(["slos", 0, "expiresAtMs"], "5"), "expiresAtMs is no number"],
    [withField(["slos", 0, "lastSuccessAtMs"], null), "lastSuccessAtMs is no number"],
    [withField(["slos", 0, "burning"], 5), "burning is no array"],
    [withField(["slos", 0, "burning", 0], []), "burning holds something that is no object"],
    [withField(["slos", 0, "burning", 0, "sinceMs"], null), "sinceMs is no number"],
    [withField([...WINDOW, "bucketMs"], 0), "bucketMs is not above 0"],
    [withField([...WINDOW, "buckets"], 0), "buckets is no array"],
    [withField(BUCKET, 0), "buckets is no array"],
    [withField(BUCKET, [1.5, 1, 0]), "buckets holds something that is no count"],
    [withField(BUCKET, [1, -1, 0]), "buckets holds something that is no count"],
    [withField(BUCKET, [1, 1, 2]), "buckets holds something that is no count"],
    [withField(BUCKET, [1, 1]), "buckets holds something that is no count"],
  ])("is refused where it is damaged: %s", (text, message) => {
    expect(() => parseState(text)).toThrow(message);
  });

  it("is refused or read, whatever it is", () => {
    const text = JSON.stringify(state);
    const cut = fc.tuple(fc.nat(text.length), fc.string({ maxLength: 3 }), fc.nat(5));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          cut.map(([at, put, take]) => text.slice(0, at) + put + text.slice(at + take)),
        ),
        (damaged) => {
          try {
            expect(parseState(damaged).version).toBe(1);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        },
      ),
    );
  });
});
