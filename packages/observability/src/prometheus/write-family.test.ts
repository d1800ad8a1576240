import { describe, expect, test } from "vitest";
import { writeFamily } from "./write-family.ts";

const exemplar = { traceId: "ab".repeat(16), spanId: "cd".repeat(8), value: 1, atMs: 1500 };

describe("a family", () => {
  test("is written without exemplars in the text format, whoever gave them", () => {
    const family = {
      name: "jobs",
      help: "",
      type: "counter",
      points: [{ labels: "", value: 2, exemplar }],
    } as const;
    expect(writeFamily(family, "text")).toBe("# TYPE jobs_total counter\njobs_total 2\n");
    expect(writeFamily(family, "openmetrics")).toBe(
      `# TYPE jobs counter\njobs_total 2 # {trace_id="${exemplar.traceId}",span_id="${exemplar.spanId}"} 1 1.500\n`,
    );
  });

  test("that is a histogram of values below 0 has no sum", () => {
    const family = {
      name: "change",
      help: "",
      type: "histogram",
      bounds: [-1, 0],
      points: [{ labels: "", bucketCounts: [1, 0, 2], count: 3, sum: undefined }],
    } as const;
    expect(writeFamily(family, "openmetrics")).toBe(
      '# TYPE change histogram\nchange_bucket{le="-1.0"} 1\nchange_bucket{le="0.0"} 1\nchange_bucket{le="+Inf"} 3\nchange_count 3\n',
    );
  });
});
