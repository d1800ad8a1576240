import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Row } from "../harness/row.ts";

/** What an application that installs the package has anyway, or gets from Node. */
const external = [/^node:/, /^@opentelemetry\/api$/, /^lru-cache$/];

/** The core entry as a bundler would put it into an application that uses all of it. 1 kB is 1,000 bytes. */
export const sizeRows: readonly Row[] = [
  {
    name: "core entry, minified and gzipped",
    unit: "kB",
    limit: 20,
    bounds: "value",
    processes: 1,
    pairs: 1,
    async measure() {
      const code = await bundle(fileURLToPath(import.meta.resolve("@tta-dev/primitives")));
      return [{ ours: gzipSync(code, { level: 9 }).byteLength / 1000, theirs: null }];
    },
  },
];

async function bundle(entry: string): Promise<string> {
  const { build } = await import("vite");
  const built = await build({
    configFile: false,
    envDir: false,
    logLevel: "warn",
    build: {
      write: false,
      minify: true,
      target: "esnext",
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        external,
        preserveEntrySignatures: "strict",
        output: { format: "es" },
      },
    },
  });
  if (Array.isArray(built) || !("output" in built))
    throw new TypeError("the bundler gave no single output");
  return built.output.map((file) => (file.type === "chunk" ? file.code : "")).join("");
}
