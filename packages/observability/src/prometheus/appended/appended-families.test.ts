import * as fc from "fast-check";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { describe, expect, test } from "vitest";
import type { ProblemReport } from "../../problem.ts";
import { createFamilyNames } from "../family-names.ts";
import type { ExpositionFormat } from "../format.ts";
import { parsePage } from "../page-parser.fixture.ts";
import { writeFamily } from "../write-family.ts";
import { appendedFamilies } from "./appended-families.ts";

/** What becomes of a page that an application appends. */
function append(page: string, format: ExpositionFormat = "text") {
  const reports: ProblemReport[] = [];
  const drops: string[] = [];
  const families = appendedFamilies(page, createFamilyNames(), {
    report: (problem) => void reports.push(problem),
    drop: (reason) => void drops.push(reason),
  });
  const text = families.map((family) => writeFamily(family, format)).join("");
  return { text, reports, drops };
}

const problems = ({ reports }: ReturnType<typeof append>) =>
  reports.map(({ code, subject }) => `${code} ${subject}`);

describe("what an application appends", () => {
  test("is the same in the text format", () => {
    const page = `# HELP lag_seconds Lag of the "event loop", \\\\ and\\nmore.
# TYPE lag_seconds histogram
lag_seconds_bucket{loop="a",le="0.5"} 1
lag_seconds_bucket{loop="a",le="+Inf"} 2
lag_seconds_sum{loop="a"} 1.5
lag_seconds_count{loop="a"} 2
# TYPE jobs_total counter
jobs_total{kind="a\\"b\\\\c\\nd"} 3 1700000000123
# TYPE mood untyped
mood NaN
`;
    expect(append(page)).toEqual({ text: page, reports: [], drops: [] });
  });

  test("is converted for OpenMetrics", () => {
    const page = `# HELP jobs_total "Jobs".
# TYPE jobs_total counter
jobs_total{kind="a"} 3 1700000000123
# TYPE clicks counter
clicks 4
# TYPE mood untyped
mood -Inf
loose 1
# TYPE size summary
size{quantile="1"} 5
size_sum 7
size_count 2
`;
    const { text, drops } = append(page, "openmetrics");
    expect(text).toBe(`# HELP jobs \\"Jobs\\".
# TYPE jobs counter
jobs_total{kind="a"} 3 1700000000.123
# TYPE clicks unknown
clicks 4
# TYPE mood unknown
mood -Inf
# TYPE loose unknown
loose 1
# TYPE size summary
size{quantile="1.0"} 5
size_sum 7
size_count 2
`);
    parsePage(`${text}# EOF\n`, "openmetrics");
    expect(drops).toEqual([]);
  });

  test("may be written with freedom", () => {
    const page =
      '  # TYPE a gauge\r\n\n#TYPE b gauge\n# just a remark\na{ x = "1" , y="2",} +1.5e+3\r\n\tb\t{}\t.5\t-12 \nc_total{x="}"} nan\nd 0x1p-2\n# EOF\n';
    const { text, reports } = append(page);
    expect(text).toBe(
      '# TYPE a gauge\na{x="1",y="2"} 1500\n# TYPE b untyped\nb 0.5 -12\n# TYPE c_total untyped\nc_total{x="}"} NaN\n',
    );
    expect(reports.map(({ message }) => message)).toEqual([
      "what you append to the metrics page has a line that is not in text format 0.0.4, and its metric is left out: d 0x1p-2",
    ]);
  });

  test("may describe a counter as OpenMetrics does", () => {
    const page = "# TYPE jobs counter\njobs_total 1\n";
    expect(append(page, "openmetrics").text).toBe("# TYPE jobs counter\njobs_total 1\n");
    expect(append(page).text).toBe("# TYPE jobs_total counter\njobs_total 1\n");
  });

  test("has each family in one piece, and each series once", () => {
    const { text } = append('a{x="1"} 1\nb 1\na{x="2"} 2\na{x="1"} 3\n');
    expect(text).toBe('# TYPE a untyped\na{x="1"} 3\na{x="2"} 2\n# TYPE b untyped\nb 1\n');
  });

  test.each([
    "a{x=1} 1",
    'a{x="1" 1',
    'a{x="1",x="2"} 1',
    'a{__name__="b"} 1',
    'a{x="\\q"} 1',
    "a one",
    "a 1 2 3",
    "a 1 1.5",
    "a 1 # {} 1",
    "7a 1",
    "# TYPE a gaugehistogram",
  ])("loses one metric by a line such as %s", (line) => {
    const result = append(`ok 1\n# TYPE a counter\na{y="1"} 1\n${line}\nfine 2\n`);
    expect(result.text).toBe("# TYPE ok untyped\nok 1\n# TYPE fine untyped\nfine 2\n");
    expect([problems(result), result.drops]).toEqual([
      ["metric_invalid append a"],
      ["invalid_metric"],
    ]);
  });

  test("loses what has the name of another metric", () => {
    const result = append(
      "# TYPE llm_tokens_total counter\nllm_tokens_total 1\nprimitive_execution_duration_seconds_sum 1\ntarget_info 1\n# TYPE a counter\na_total 1\n# TYPE a_created gauge\na_created 1\nown 1\n",
    );
    expect(result.text).toBe("# TYPE a_total counter\na_total 1\n# TYPE own untyped\nown 1\n");
    expect(problems(result)).toEqual([
      "metric_name_taken append llm_tokens",
      "metric_name_taken append primitive_execution_duration_seconds_sum",
      "metric_name_taken append target_info",
      "metric_name_taken append a_created",
    ]);
    expect(result.reports[3]?.message).toContain("another metric has that name");
  });

  test("can be prom-client's own metrics, in both formats", async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const common = { help: 'a "b"', labelNames: ["x"], registers: [registry] };
    new Counter({ ...common, name: "c_total" }).inc({ x: "1\n" }, 2);
    new Counter({ ...common, name: "plain" }).inc(2);
    new Gauge({ ...common, name: "g" }).set({ x: "größe" }, Number.NaN);
    new Histogram({ ...common, name: "h", buckets: [1, 2] }).observe({ x: "a" }, 1);
    new Summary({ ...common, name: "s", percentiles: [0.5, 1] }).observe({ x: "a" }, 1);
    const page = await registry.metrics();
    for (const format of ["text", "openmetrics"] as const) {
      const { text, reports } = append(page, format);
      expect(reports).toEqual([]);
      const families = parsePage(format === "text" ? text : `${text}# EOF\n`, format);
      const samples = [...families.values()].flatMap((family) => family.samples);
      expect(samples).toHaveLength(page.match(/^[^#\n].*$/gm)?.length ?? 0);
      expect(families.get(format === "text" ? "c_total" : "c")?.help).toBe('a "b"');
    }
  });

  test("never breaks the page, whatever it is", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "# TYPE ",
        "# HELP ",
        "a",
        "a_total",
        "b_bucket",
        "b",
        " counter",
        " histogram",
        '{le="1"}',
        '{x="',
        '"}',
        " 1",
        " NaN",
        "\n",
        "\n",
        "\\",
        ",",
      ),
      fc.string({ unit: "binary", maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        for (const format of ["text", "openmetrics"] as const) {
          const { text } = append(pieces.join(""), format);
          expect(
            text
              .split("\n")
              .every((line) => line === "" || /^(?:# (?:HELP|TYPE) )?[a-zA-Z_:]/.test(line)),
          ).toBe(true);
        }
      }),
    );
  });
});
