import { beforeEach, describe, expect, it } from "vitest";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { router, type RouterOptions } from "./router.ts";
import { workflow } from "./workflow.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const routes = {
  small: async (question: string) => `small: ${question}`,
  large: async (question: string) => `large: ${question}`,
};

const decisions = (name: string, route: string, reason: string): number =>
  registry.counter("router.decisions").bind({ primitive_name: name, route, reason }).value;

describe("a router", () => {
  it("sends each input down the route that is selected", async () => {
    const ask = router({
      routes,
      select: (question: string) => (question.length < 5 ? "small" : "large"),
    }).named("ask");
    expect(await ask.execute("why")).toBe("small: why");
    expect(await ask.execute("wherefore")).toBe("large: wherefore");
    expect(decisions("ask", "small", "selected")).toBe(1);
    expect(decisions("ask", "large", "selected")).toBe(1);
  });

  it("selects by the context too, asynchronously, and with a reason", async () => {
    const ask = router({
      routes,
      select: async (_question: string, { llmModelTier }) => ({
        route: llmModelTier === "quality" ? "large" : "small",
        reason: "tier",
      }),
    }).named("ask");
    expect(await ask.execute("why", { llmModelTier: "quality" })).toBe("large: why");
    expect(decisions("ask", "large", "tier")).toBe(1);
  });

  it("takes the default route for a key that is none", async () => {
    const ask = router({ routes, select: () => "huge", defaultRoute: "large" }).named("ask");
    expect(await ask.execute("why")).toBe("large: why");
    expect(decisions("ask", "large", "unknown_route")).toBe(1);
  });

  it.each(["toString", "__proto__", "constructor", ""])("has no route %j", async (route) => {
    const ask = router({ routes, select: () => route, defaultRoute: "small" });
    expect(await ask.execute("why")).toBe("small: why");
  });

  it.each([undefined, null, 5, {}, { route: undefined }])(
    "takes the default route when the selection is no route but %j",
    async (chosen) => {
      const ask = router({ routes, select: () => chosen as never, defaultRoute: "small" });
      expect(await ask.execute("why")).toBe("small: why");
    },
  );

  it("takes the default route when the selection throws", async () => {
    const ask = router({
      routes,
      select: () => Promise.reject(new Error("from select")),
      defaultRoute: "small",
    }).named("ask");
    expect(await ask.execute("why")).toBe("small: why");
    expect(decisions("ask", "small", "select_failed")).toBe(1);
  });

  it("without a default rejects with an error that names the route", async () => {
    const ask = router({ routes, select: () => "huge" });
    await expect(ask.execute("why")).rejects.toMatchObject({
      name: "NoRouteError",
      code: "NO_ROUTE",
      route: "huge",
      message: 'router has no route "huge" (small, large)',
    });
  });

  it("without a default rejects with the error of the selection as cause", async () => {
    const cause = new Error("from select");
    const ask = router({
      routes,
      select: (): string => {
        throw cause;
      },
    });
    const error: unknown = await ask.execute("why").catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "NO_ROUTE", route: "" });
    expect((error as Error).cause).toBe(cause);
  });

  it("rejects with what the route throws, and counts it: another route is not tried", async () => {
    const ask = router({
      routes: {
        ...routes,
        broken: (): string => {
          throw new Error("no");
        },
      },
      select: () => "broken",
      defaultRoute: "small",
    }).named("ask");
    await expect(ask.execute("why")).rejects.toThrow("no");
    const errors = registry.counter("router.errors");
    expect(errors.bind({ primitive_name: "ask", route: "broken" }).value).toBe(1);
    expect(errors.bind({ primitive_name: "ask", route: "small" }).value).toBe(0);
  });

  it("measures how long a route takes, failures included", async () => {
    const ask = router({
      routes: {
        slow: async (_question: string, context): Promise<string> => {
          await context.sleep("work", 1_500);
          throw new Error("no");
        },
      },
      select: () => "slow",
    }).named("ask");
    await virtualRuntime()
      .execute(ask, "why")
      .catch(() => undefined);
    const took = registry.histogram("router.execution.duration");
    expect(took.bind({ primitive_name: "ask", route: "slow" }).data()).toMatchObject({
      count: 1,
      sum: 1.5,
    });
  });

  it("has its routes as data", () => {
    const { options, children } = router({ routes, select: () => "small" }).describe();
    expect(options).toEqual({ routes: ["small", "large"], estimates: {} });
    expect(children.map(({ key, span }) => [key, span])).toEqual([
      ["small", "primitive.router.route_small"],
      ["large", "primitive.router.route_large"],
    ]);
  });

  it("has series of its routes from the moment the workflow is built", () => {
    workflow("w", router({ routes, select: () => "small" }).named("unborn"));
    const metric = registry.snapshot().metrics.find(({ name }) => name === "router.decisions");
    expect(metric?.series.map(({ labelValues }) => labelValues)).toEqual([
      ["unborn", "small", "selected"],
      ["unborn", "large", "selected"],
    ]);
  });
});

describe("savings", () => {
  const saved = (route: string): number =>
    registry.counter("router.cost_savings.usd").bind({ primitive_name: "ask", route }).value;
  const asking = (
    select: () => string,
    estimates?: RouterOptions<string, { small: string; large: string }>["estimates"],
  ) =>
    router({
      routes,
      select,
      reference: "large",
      ...(estimates !== undefined && { estimates }),
    }).named("ask");

  it("are reckoned against the reference route", async () => {
    const ask = asking(() => "small", { small: { costUsd: 0.0004 }, large: { costUsd: 0.01 } });
    await ask.execute("why");
    await ask.execute("why");
    expect(saved("small")).toBeCloseTo(0.0192, 9);
  });

  it("are not counted below zero, nor for a route that failed, nor without estimates", async () => {
    await asking(() => "small", { small: { costUsd: 1 }, large: { costUsd: 0.01 } }).execute("why");
    await asking(() => "small").execute("why");
    await asking(() => "small", { large: { costUsd: 1 } }).execute("why");
    const broken = router({
      routes: { small: () => Promise.reject(new Error("no")), large: () => "" },
      select: () => "small",
      reference: "large",
      estimates: { small: { costUsd: 0 }, large: { costUsd: 1 } },
    }).named("ask");
    await broken.execute("why").catch(() => undefined);
    expect(saved("small")).toBe(0);
  });
});

describe("a wrong router", () => {
  it.each<[string, unknown, Error]>([
    ["options", null, new TypeError("router(options): expected an options object, got null")],
    [
      "selection",
      { routes },
      new TypeError("router({ select }): expected a function, got undefined"),
    ],
    [
      "routes",
      { select: () => "a" },
      new TypeError("router(): expected a record or an array of steps, got undefined"),
    ],
    [
      "default",
      { routes, select: () => "a", defaultRoute: "huge" },
      new RangeError('router({ defaultRoute }): expected one of "small", "large", got "huge"'),
    ],
    [
      "reference",
      { routes, select: () => "a", reference: "huge" },
      new RangeError('router({ reference }): expected one of "small", "large", got "huge"'),
    ],
    [
      "estimates",
      { routes, select: () => "a", estimates: { huge: {} } },
      new RangeError('router({ estimates }): route: expected one of "small", "large", got "huge"'),
    ],
    [
      "estimates",
      { routes, select: () => "a", estimates: { small: { costUsd: -1 } } },
      new RangeError(
        "router({ estimates: { small: { costUsd } } }): expected a finite number of at least 0, got -1",
      ),
    ],
    [
      "estimates",
      { routes, select: () => "a", estimates: { small: { latencyMs: "1" } } },
      new TypeError(
        'router({ estimates: { small: { latencyMs } } }): expected a finite number of at least 0, got "1"',
      ),
    ],
  ])("is refused for its %s", (_what, options, error) => {
    expect(() => router(options as never)).toThrow(error);
  });
});
