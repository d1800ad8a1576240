import { describe, expect, it } from "vitest";
import { bundle } from "./size.ts";

/** A metric's name that only the catalogue has. */
const CATALOGUED = "telemetry.cardinality.overflow";

describe("a bundled application", () => {
  it("brings no registry with the core entry", async () => {
    const code = await bundle({ entry: "@tta-dev/primitives/core" });
    expect(code).toContain("primitive.execution.count");
    expect(code).not.toContain(CATALOGUED);
  });

  it("brings the registry with whatever it takes of the main entry", async () => {
    const code = await bundle({ entry: "@tta-dev/primitives", used: "workflow" });
    expect(code).toContain(CATALOGUED);
  });

  it("brings the registry with the test kit", async () => {
    const code = await bundle({ entry: "@tta-dev/primitives/testing", used: "scripted" });
    expect(code).toContain(CATALOGUED);
  });
});
