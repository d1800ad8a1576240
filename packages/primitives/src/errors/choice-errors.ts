import { WorkflowError } from "./workflow-error.ts";

/** `switchCase` selected a key that has no case, and there is no default. */
export class NoCaseError extends WorkflowError {
  static {
    this.prototype.name = "NoCaseError";
  }
  readonly code = "NO_CASE";
  readonly key: string;
  constructor(message: string, key: string) {
    super(message);
    this.key = key;
  }
}

/** `router` selected a route that does not exist, and there is no default. */
export class NoRouteError extends WorkflowError {
  static {
    this.prototype.name = "NoRouteError";
  }
  readonly code = "NO_ROUTE";
  readonly route: string;
  constructor(message: string, route: string, options?: ErrorOptions) {
    super(message, options);
    this.route = route;
  }
}
