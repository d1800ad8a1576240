import { defineConfig } from "vitest/config";

// Packages are tested from their sources; consumers get dist. "module" is left out, so that a dependency is
// resolved here as Node resolves it elsewhere: otherwise two copies of the OpenTelemetry API would be loaded.
const conditions = ["@tta-dev/source", "node", "import", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "tests/**/*.test.ts",
      "examples/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    setupFiles: ["packages/primitives/src/testing/slot.fixture.ts"],
    provide: { sdkMajor: 3 },
    coverage: {
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.test-d.ts"],
      reporter: [["text", { skipFull: true }]],
      thresholds: {
        "packages/primitives/src/**": { lines: 95, branches: 90 },
        "packages/observability/src/**": { lines: 95, branches: 90 },
      },
    },
  },
});
