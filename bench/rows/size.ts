import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Row } from "../harness/row.ts";

/** What an application that installs the package has anyway, or gets from Node. */
const external = [/^node:/, /^@opentelemetry\/api$/, /^lru-cache$/];

const CORE = "@tta-dev/primitives/core";
const WHOLE = "@tta-dev/primitives";
const SMALLEST = "workflow, sequential";

/**
 * What an entry adds to an application, as a bundler would put it there. 1 kB is 1,000 bytes.
 *
 * Only the core's limit is a target. The others say when something has become heavier that nobody meant to.
 */
export const sizeRows: readonly Row[] = [
  sizeRow("core entry, minified and gzipped", { entry: CORE, limit: 20 }),
  sizeRow("workflow and sequential of the core entry", { entry: CORE, used: SMALLEST, limit: 16 }),
  sizeRow("workflow and sequential of the main entry", { entry: WHOLE, used: SMALLEST, limit: 24 }),
  sizeRow("main entry, minified and gzipped", { entry: WHOLE, limit: 55 }),
];

interface Bundled {
  readonly entry: string;
  /** What the application imports. @default everything */
  readonly used?: string;
}

function sizeRow(name: string, { limit, ...of }: Bundled & { readonly limit: number }): Row {
  return {
    name,
    unit: "kB",
    limit,
    bounds: "value",
    processes: 1,
    pairs: 1,
    async measure() {
      const code = await bundle(of);
      return [{ ours: gzipSync(code, { level: 9 }).byteLength / 1000, theirs: null }];
    },
  };
}

/** The code of an application that does nothing but pass on what it imports. */
export async function bundle({ entry, used }: Bundled): Promise<string> {
  const { build } = await import("vite");
  const input = "application";
  const imported = JSON.stringify(fileURLToPath(import.meta.resolve(entry)));
  const application = {
    name: input,
    resolveId: (id: string) => (id === input ? id : null),
    load: (id: string) =>
      id === input ? `export ${used === undefined ? "*" : `{ ${used} }`} from ${imported};` : null,
  };
  const built = await build({
    configFile: false,
    envDir: false,
    logLevel: "warn",
    plugins: [application],
    build: {
      write: false,
      minify: true,
      target: "esnext",
      modulePreload: false,
      rolldownOptions: {
        input,
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
