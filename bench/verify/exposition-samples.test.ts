import { expect, it } from "vitest";
import { parseSamples } from "./exposition-samples.ts";

it("reads a page whatever the order of its labels and the spelling of its numbers", () => {
  const page =
    '# HELP a b\nother 1\na_bucket{le="0.50",x="1,2"} 3\na_bucket{x="1,2",le="+Inf"} 4\na_sum 1.5\n';
  expect(parseSamples(page, "a")).toEqual(
    new Map([
      ["a_bucket{le=0.5,x=1,2}", 3],
      ["a_bucket{le=Infinity,x=1,2}", 4],
      ["a_sum{}", 1.5],
    ]),
  );
});
