import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** The suites of tests/tracing on OpenTelemetry SDK 2.x and its own copy of the API, both from this folder. */
export default defineConfig({
  ...base,
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: {
    ...base.resolve,
    alias: {
      "#sdk": fileURLToPath(new URL("sdk.ts", import.meta.url)),
      "@opentelemetry/api": fileURLToPath(import.meta.resolve("@opentelemetry/api")),
    },
  },
  test: { ...base.test, include: ["tests/tracing/**/*.test.ts"], provide: { sdkMajor: 2 } },
});
