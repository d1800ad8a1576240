import { relative, resolve } from "node:path";
import {
  createComponentFiles,
  evaluateComponent,
  type ComponentEvaluation,
} from "@tta-dev/observability/collectors";
import type { Component } from "@tta-dev/primitives/slo";
import type { MaturityArguments } from "./maturity-arguments.ts";
import { readPage } from "./page-evidence.ts";
import { readState } from "./state-evidence.ts";

/** The components of a project, and where the numbers are from. */
export interface Maturity {
  readonly source: string;
  readonly components: readonly ComponentEvaluation[];
}

/** Evaluates every component of a project with all that can be found out from here. */
export async function evaluateProject(
  components: readonly Component[],
  args: MaturityArguments,
  { cwd, root, nowMs }: { readonly cwd: string; readonly root: string; readonly nowMs: number },
): Promise<Maturity> {
  const { coverage: report, metrics, state } = args;
  const kept = await readState(state, { cwd, root, nowMs });
  const evidence =
    metrics === undefined
      ? kept
      : {
          ...kept,
          ...(await readPage(metrics, cwd)),
          source: `runtime data from ${metrics}; days: ${kept.source}`,
        };
  const located = components.map((component) =>
    report === undefined || component.coverage === undefined
      ? component
      : {
          ...component,
          coverage: { ...component.coverage, report: relative(root, resolve(cwd, report)) },
        },
  );
  const files = createComponentFiles(located, root);
  await files.read();
  return {
    source: evidence.source,
    components: located.map((component, index) =>
      evaluateComponent(component, {
        ...files.readings(index),
        use: evidence.use(component),
        days: evidence.days(component),
        slo: evidence.slo,
      }),
    ),
  };
}
