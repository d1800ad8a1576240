import { slot } from "@tta-dev/primitives";
import { encodeSnapshot } from "./encode-snapshot.ts";
import { recordRandom } from "./record-random.fixture.ts";

const [seed, count] = process.argv.slice(2).map(Number) as [number, number];
recordRandom(slot().registry, seed, count);
process.stdout.write(JSON.stringify(encodeSnapshot(slot().registry.snapshot())));
