import type { Row } from "./harness/row.ts";
import { cockatielRows } from "./rows/cockatiel.ts";
import { handWrittenRows } from "./rows/hand-written.ts";
import { latencyRows } from "./rows/latency.ts";
import { memoryRows } from "./rows/memory.ts";
import { metricRows } from "./rows/metrics.ts";
import { peerRows } from "./rows/peers.ts";
import { sizeRows } from "./rows/size.ts";

/** Every row of the report, in its order. */
export const rows: readonly Row[] = [
  ...handWrittenRows,
  ...peerRows,
  ...cockatielRows,
  ...metricRows,
  ...memoryRows,
  ...latencyRows,
  ...sizeRows,
];
