import type { Resource } from "@opentelemetry/resources";
import type { ObservabilityOptions } from "../config/options.ts";
import type { ResolvedConfig } from "../config/config.ts";
import type { ConsoleOutput } from "../console/console-processor.ts";
import type { ExitDelivery } from "../exit/exit-delivery.ts";
import type { Report } from "../problem.ts";
import type { SharedSlot } from "../shared-slot.ts";
import type { CheckedOptions } from "./checked-options.ts";
import type { Attachment } from "./attachment.ts";

/** What every part is started with. */
export interface Setup {
  readonly options: ObservabilityOptions;
  readonly checked: CheckedOptions;
  readonly resolved: ResolvedConfig;
  readonly resource: Resource;
  readonly terminal: ConsoleOutput | undefined;
  readonly shared: SharedSlot;
  readonly exit: Pick<ExitDelivery, "before" | "register">;
  readonly attachment: Attachment;
  readonly report: Report;
}
