import { completeSlot } from "../complete-slot.ts";

export { chaos, type ChaosOptions } from "./chaos.ts";
export { rehearse, type RehearsalReport } from "./rehearse.ts";
export type { Rehearsable, RehearseOptions } from "./rehearsal.ts";
export {
  scripted,
  type ScriptedCall,
  type ScriptedOutcome,
  type ScriptedStep,
} from "./scripted.ts";
export { spanTree, type SpanTreeOptions, type TreeSpan } from "./span-tree.ts";
export {
  recordTelemetry,
  type RecordedSeries,
  type TelemetryRecording,
} from "./telemetry-recording.ts";
export {
  virtualRuntime,
  type VirtualRuntime,
  type VirtualRuntimeOptions,
} from "./virtual-runtime.ts";
export type { VirtualTimeOptions } from "./virtual-time.ts";

completeSlot();
