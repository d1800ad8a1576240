import { serveRequest } from "./server-span.ts";

/** What Hono gives its middleware, as far as it is used here. */
export interface HonoContext {
  readonly req: {
    readonly raw: Request;
    readonly method: string;
    readonly path: string;
  };
  readonly res: Response;
  readonly error: Error | undefined;
}

/**
 * Makes middleware for Hono: put it before the routes.
 *
 * @param options.route Says which route a request matched, for example Hono's `routePath`; without it spans are named by
 * their method alone, because a path has too many values for a name.
 * @example
 * ```ts
 * import { honoTracing } from "@tta-dev/observability";
 * import { Hono, type Context } from "hono";
 * import { routePath } from "hono/route";
 *
 * const app = new Hono();
 * app.use(honoTracing({ route: (context: Context) => routePath(context, -1) }));
 * ```
 */
export function honoTracing<C extends HonoContext>(
  options: { readonly route?: (context: C) => string | undefined } = {},
): (context: C, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    const { raw, method, path } = context.req;
    const served = serveRequest({
      method,
      path,
      scheme: raw.url.startsWith("https:") ? "https" : "http",
      host: raw.headers.get("host") ?? URL.parse(raw.url)?.host,
      userAgent: raw.headers.get("user-agent") ?? undefined,
      headers: raw.headers,
    });
    try {
      await served.run(next);
      const route = options.route?.(context);
      served.end({ status: context.res.status, route, error: context.error });
    } catch (error) {
      served.end({ route: options.route?.(context), error });
      throw error;
    }
  };
}
