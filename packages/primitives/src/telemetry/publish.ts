import type { CallContext } from "../door/call-context.ts";
import { slot } from "../slot.ts";
import { identityOf } from "./identity.ts";
import type { LogEvent } from "./log-event.ts";
import { tellEach } from "./tell-each.ts";

/** Tells whoever listens for log lines what happened here. Costs nothing when nobody does, and never throws. */
export function publish(
  call: CallContext,
  what: Pick<LogEvent, "event" | "level" | "fields"> & { readonly error?: unknown },
): void {
  const { logListeners } = slot();
  if (logListeners.size === 0 || call.branch.runtime.replaying) return;
  const event: LogEvent = {
    event: what.event,
    level: what.level,
    timestampMs: call.branch.runtime.now(),
    primitiveName: call.place.name,
    primitivePath: call.path,
    ...identityOf(call),
    fields: what.fields,
    ...("error" in what && { error: what.error }),
  };
  tellEach(logListeners, (listener) => listener(event));
}
