import { runInChild } from "./harness/child-process.ts";
import { parseOptions, selectRows, usage, type Options } from "./harness/options.ts";
import { describeMachine, formatTable } from "./harness/report.ts";
import { summarize, type Result, type Row, type Sample } from "./harness/row.ts";
import { seedOf } from "./harness/statistics.ts";
import { rows } from "./rows.ts";
import type { Verification } from "./verify/verification.ts";

/** Pairs of a smoke run. */
const quickPairs = 5;

const options = readOptions();
if (options.list) process.stdout.write(rows.map((row) => `${row.name}\n`).join(""));
else await report(options);

async function report({ json, quick, assert, seed }: Options): Promise<void> {
  const startedAt = performance.now();
  progress(describeMachine());
  if (quick) progress("a smoke run: the figures are not to be quoted");
  const selected = selectRows(rows, options);
  const refused = await verifyOnce(selected);
  const results: Result[] = [];
  for (const [index, row] of selected.entries()) {
    progress(`[${index + 1}/${selected.length}] ${row.name}`);
    if (row.verification !== undefined && refused.has(row.verification))
      fail(row.name, "its verification failed");
    else
      await measure(row, { quick, seed }).then(
        (result) => results.push(result),
        (error: Error) => fail(row.name, error.message),
      );
  }
  progress(
    `${results.length} of ${selected.length} rows in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  );
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else process.stdout.write(`${describeMachine()}\n\n${formatTable(results)}\n`);
  if (assert && results.some((result) => !result.met)) process.exitCode = 1;
}

/** Compares what the contestants do, once for each pair that is measured; gives the pairs that do not agree. */
async function verifyOnce(selected: readonly Row[]): Promise<ReadonlySet<Verification>> {
  const refused = new Set<Verification>();
  for (const verification of new Set(selected.flatMap((row) => row.verification ?? []))) {
    progress(`verifying ${verification}`);
    await runInChild({ kind: "verify", verification }).catch((error: Error) => {
      refused.add(verification);
      fail(`verification ${verification}`, error.message);
    });
  }
  return refused;
}

async function measure(
  row: Row,
  { quick, seed }: { quick: boolean; seed: number },
): Promise<Result> {
  const samples: Sample[] = [];
  const processes = quick ? 1 : row.processes;
  for (let run = 0; run < processes; run++) {
    const pairs = quick ? Math.min(quickPairs, row.pairs) : row.pairs;
    const task = {
      kind: "measure",
      row: row.name,
      quick,
      pairs,
      seed: seedOf(`${seed}/${run}/${row.name}`),
    } as const;
    samples.push(...(await runInChild(task, row.nodeFlags)));
  }
  return summarize(row, samples);
}

function readOptions(): Options {
  try {
    const read = parseOptions(process.argv.slice(2));
    selectRows(rows, read);
    return read;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    process.exit(2);
  }
}

/** A row that cannot be measured is an error, not a missed target: the report goes on and ends with exit code 1. */
function fail(what: string, why: string): void {
  progress(`FAILED ${what}: ${why}`);
  process.exitCode = 1;
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
