export type { ObservabilityConfig } from "./config/config.ts";
export type { ObservabilityOptions, PrometheusOptions } from "./config/options.ts";
export type { Setting } from "./config/setting.ts";
export { honoTracing, type HonoContext } from "./http/hono.ts";
export { expressTracing, traceRequests, type RoutedRequest } from "./http/node-http.ts";
export { initializeObservability } from "./initialize.ts";
export type { Observability } from "./observability.ts";
export type { Problem, ProblemCode } from "./problem.ts";
export { formatExposition } from "./prometheus/exposition.ts";
