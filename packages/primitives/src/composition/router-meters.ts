import type { Registry } from "../metrics/registry.ts";

export interface RouterMeters {
  decided(route: string, reason: string): void;
  took(route: string, seconds: number): void;
  failed(route: string): void;
  /** Counts what the route saved; a route dearer than the reference shows on the span, because a counter cannot fall. */
  saved(route: string, usd: number): void;
}

export function routerMeters(
  routes: readonly string[],
): (name: string, registry: Registry) => RouterMeters {
  return (name, registry) => {
    for (const route of routes) {
      registry
        .counter("router.decisions")
        .bind({ primitive_name: name, route, reason: "selected" });
      registry.counter("router.errors").bind({ primitive_name: name, route });
    }
    return {
      decided: (route, reason) =>
        registry.counter("router.decisions").bind({ primitive_name: name, route, reason }).add(1),
      took: (route, seconds) =>
        registry
          .histogram("router.execution.duration")
          .bind({ primitive_name: name, route })
          .record(seconds),
      failed: (route) =>
        registry.counter("router.errors").bind({ primitive_name: name, route }).add(1),
      saved: (route, usd) => {
        if (usd > 0)
          registry
            .counter("router.cost_savings.usd")
            .bind({ primitive_name: name, route })
            .add(usd);
      },
    };
  };
}
