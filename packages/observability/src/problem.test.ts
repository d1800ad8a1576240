import { describe, expect, test } from "vitest";
import { createProblemLog } from "./problem.ts";

describe("the problem log", () => {
  test("keeps one entry for a kind and counts how often it was seen", () => {
    const { problems, report } = createProblemLog();
    for (let spans = 1; spans <= 1000; spans++)
      report({ code: "export_failed", message: `${spans} lost` });
    expect(problems).toEqual([
      { code: "export_failed", message: "1000 lost", at: expect.any(String), count: 1000 },
    ]);
    expect(problems[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("tells problems of one kind apart by their subject", () => {
    const { problems, report } = createProblemLog();
    report({ code: "environment_variable", message: "one", subject: "A" });
    report({ code: "environment_variable", message: "two", subject: "B" });
    expect(problems.map(({ message, count }) => [message, count])).toEqual([
      ["one", 1],
      ["two", 1],
    ]);
  });

  test("tells a listener of each kind once, also of those that came before it", () => {
    const { report, listen } = createProblemLog();
    const heard: string[] = [];
    report({ code: "sdk_kept", message: "early" });
    listen(({ message }) => heard.push(message));
    report({ code: "sdk_kept", message: "again" });
    report({ code: "metrics_port", message: "late" });
    expect(heard).toEqual(["early", "late"]);
  });

  test("survives a listener that throws", () => {
    const { problems, report, listen } = createProblemLog();
    listen(() => {
      throw new Error("broken listener");
    });
    report({ code: "metrics_port", message: "taken" });
    expect(problems).toHaveLength(1);
  });
});
