import type { Finding } from "./finding.ts";
import type { InstalledPackage } from "./installed.ts";
import { findInstalled } from "./installed.ts";

const API = "@opentelemetry/api";
const SDKS = [
  "@opentelemetry/sdk-trace",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
  "@opentelemetry/sdk-metrics",
];

/** Whether there is one version of each package that must be there once. */
export function checkPackages(cwd: string): readonly Finding[] {
  const installed = findInstalled(
    cwd,
    (name) => name === API || SDKS.includes(name) || name.startsWith("@tta-dev/"),
  );
  const named = (names: readonly string[]): readonly InstalledPackage[] =>
    installed.filter(({ name }) => names.includes(name));
  return [
    checkApi(named([API])),
    checkSdks(named(SDKS)),
    ...checkOurs(installed.filter(({ name }) => name.startsWith("@tta-dev/"))),
  ];
}

function checkApi(copies: readonly InstalledPackage[]): Finding {
  const versions = versionsOf(copies);
  if (versions.length === 0)
    return {
      check: API,
      state: "failure",
      message: "is not installed",
      advice: `npm install ${API}`,
    };
  if (versions.length === 1) return { check: API, state: "ok", message: versions.join() };
  return {
    check: API,
    state: "failure",
    message: `there are versions ${versions.join(" and ")}: the one that registers first shuts the others out, and their spans are lost without a word`,
    advice: `keep one: "npm ls ${API}" says who brings which, "overrides" in package.json settles it`,
  };
}

function checkSdks(copies: readonly InstalledPackage[]): Finding {
  const check = "OpenTelemetry SDK";
  const versions = versionsOf(copies);
  const majors = new Set(versions.map((version) => version.split(".", 1)[0]));
  if (versions.length === 0)
    return {
      check,
      state: "warning",
      message: "is not installed: workflows run, and no span is recorded",
      advice: "npm install @tta-dev/observability, or an SDK of your own",
    };
  if (majors.size === 1) return { check, state: "ok", message: versions.join(", ") };
  return {
    check,
    state: "warning",
    message: `there are versions ${versions.join(" and ")}: one program can register only one of them`,
    advice: "bring all @opentelemetry packages to one major version",
  };
}

function checkOurs(copies: readonly InstalledPackage[]): readonly Finding[] {
  const names = [...new Set(copies.map(({ name }) => name))].toSorted();
  const versions = versionsOf(copies);
  if (names.length === 0) return [];
  const check = "@tta-dev";
  const list = names.map((name) => name.slice(check.length + 1)).join(", ");
  return versions.length === 1
    ? [{ check, state: "ok", message: `${list} ${versions.join()}` }]
    : [
        {
          check,
          state: "failure",
          message: `${list}: there are versions ${versions.join(" and ")}`,
          advice: "install all @tta-dev packages in one version",
        },
      ];
}

function versionsOf(copies: readonly InstalledPackage[]): readonly string[] {
  return [...new Set(copies.map(({ version }) => version))].toSorted();
}
