import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { declareSlos } from "@tta-dev/primitives/slo";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Finding } from "../doctor/finding.ts";
import { checkNode } from "../doctor/node-check.ts";
import { main } from "../main.ts";

let project = "";
const servers: Server[] = [];

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "tta-doctor-"));
  for (const name of Object.keys(process.env))
    if (name.startsWith("OTEL_")) vi.stubEnv(name, undefined);
  vi.stubEnv("OTEL_SERVICE_NAME", "desk");
});

afterEach(() => {
  rmSync(project, { recursive: true });
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function install(path: string, version: string): void {
  const file = join(project, "node_modules", path, "package.json");
  const name = path.split("node_modules/").at(-1);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ name, version }));
}

async function doctor(
  ...given: readonly (string | { readonly columns: number })[]
): Promise<{ code: number; out: string; err: string }> {
  const args = given.filter((one) => typeof one === "string");
  const size = given.find((one) => typeof one !== "string");
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    print: (text: string) => out.push(text),
    complain: (text: string) => err.push(text),
    ...size,
  };
  const code = await main(["doctor", ...args], { cwd: project, terminal });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

async function findings(...args: readonly string[]): Promise<readonly Finding[]> {
  return JSON.parse((await doctor("--json", ...args)).out) as readonly Finding[];
}

async function finding(check: string, ...args: readonly string[]): Promise<Finding | undefined> {
  return (await findings(...args)).find((one) => one.check === check);
}

describe("tta doctor", () => {
  it.each([
    ["20.20.0", "failure"],
    ["22.17.9", "failure"],
    ["22.18.0", "ok"],
    ["24.0.0", "ok"],
  ])("says of Node %s: %s", (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  it("says that one version of the API is well", async () => {
    install("@opentelemetry/api", "1.10.0");
    install("a/node_modules/@opentelemetry/api", "1.10.0");
    expect(await finding("@opentelemetry/api")).toMatchObject({ state: "ok", message: "1.10.0" });
  });

  it.each([
    ["nested", "a/node_modules/@opentelemetry/api"],
    ["pnpm's", ".pnpm/@opentelemetry+api@1.9.0/node_modules/@opentelemetry/api"],
  ])("finds a second version of the API in a %s folder", async (_layout, path) => {
    install("@opentelemetry/api", "1.10.0");
    install(path, "1.9.0");
    const found = await finding("@opentelemetry/api");
    expect(found?.state).toBe("failure");
    expect(found?.message).toContain("1.10.0 and 1.9.0");
    expect(found?.advice).toContain("npm ls @opentelemetry/api");
  });

  it("finds SDKs of two majors and packages of ours in two versions", async () => {
    install("@opentelemetry/sdk-trace", "3.1.1");
    install("b/node_modules/@opentelemetry/sdk-trace-base", "2.12.1");
    install("@tta-dev/primitives", "0.1.0");
    install("b/node_modules/@tta-dev/primitives", "0.2.0");
    expect((await finding("OpenTelemetry SDK"))?.state).toBe("warning");
    expect((await finding("@tta-dev"))?.state).toBe("failure");
  });

  it("says that nothing is installed", async () => {
    expect((await finding("@opentelemetry/api"))?.state).toBe("failure");
    expect((await finding("OpenTelemetry SDK"))?.state).toBe("warning");
  });

  it("says whether the configuration loads", async () => {
    expect(await finding("tta.config.ts")).toMatchObject({ state: "warning" });
    writeFileSync(join(project, "tta.config.ts"), "throw new Error('broken on purpose');");
    expect(await finding("tta.config.ts")).toMatchObject({
      state: "failure",
      message: expect.stringContaining("broken on purpose"),
    });
    writeFileSync(join(project, "good.ts"), "export const config = { workflows: [] };");
    expect(await finding("tta.config.ts", "--config", "good.ts")).toMatchObject({ state: "ok" });
  });

  it("counts what the configuration has, with the SLOs that workflows declared while it was loaded", async () => {
    const slo = {
      name: "listed",
      objective: 0.9,
      windowDays: 30,
      indicator: { kind: "availability" },
      alerts: [],
    };
    writeFileSync(
      join(project, "tta.config.ts"),
      `export const config = { workflows: [], slos: [${JSON.stringify(slo)}] };`,
    );
    expect((await finding("tta.config.ts"))?.message).toBe("0 workflows, 1 SLO, 0 components");
    const takeBack = declareSlos([{ ...slo, name: "of a workflow" }], "slos");
    expect((await finding("tta.config.ts"))?.message).toBe("0 workflows, 2 SLOs, 0 components");
    takeBack();
  });

  it("sends a span that arrives", async () => {
    const paths: string[] = [];
    const url = await serve((request, response) => {
      paths.push(`${request.method} ${request.url} ${request.headers["content-type"]}`);
      request.resume().on("end", () => response.end());
    });
    expect(await finding("test span", "--otlp", url)).toEqual({
      check: "test span",
      state: "ok",
      message: `arrived at ${url}/v1/traces over http/protobuf`,
    });
    expect(paths).toContain("POST /v1/traces application/x-protobuf");
    expect((await finding("clock", "--otlp", url))?.state).toBe("ok");
  });

  it("says what a collector refuses, and that none is there", async () => {
    const url = await serve((request, response) => {
      request.resume().on("end", () => response.writeHead(401).end());
    });
    const refused = await finding("test span", "--otlp", url);
    expect(refused?.state).toBe("failure");
    expect(refused?.message).toContain("status 401");
    const dead = await doctor("--otlp", "http://127.0.0.1:9");
    expect(dead.code).toBe(1);
    expect(dead.out).toMatch(/^failure +test span +.*cannot be reached.* → look at the address/m);
    expect((await finding("collector"))?.state).toBe("skipped");
  });

  it.each([
    // The header has whole seconds.
    [3_600_000, /is 3(599|600) s behind/],
    [-60_000, /is 6[01] s ahead of/],
  ])("notices a clock that is off by %d ms", async (offsetMs, words) => {
    const url = await serve((request, response) => {
      response.setHeader("date", new Date(Date.now() + offsetMs).toUTCString());
      request.resume().on("end", () => response.end());
    });
    const clock = await finding("clock", "--otlp", url);
    expect(clock?.state).toBe("failure");
    expect(clock?.message).toMatch(words);
  });

  it("knows that a program may name its service itself", async () => {
    vi.stubEnv("OTEL_SERVICE_NAME", undefined);
    expect(await finding("environment")).toMatchObject({
      state: "skipped",
      advice: expect.stringContaining("OTEL_SERVICE_NAME"),
    });
  });

  it("breaks lines that a terminal has no room for, and no others", async () => {
    const lines = stripVTControlCharacters((await doctor()).out).split("\n");
    const narrow = stripVTControlCharacters((await doctor({ columns: 60 })).out).split("\n");
    expect(lines.some(({ length }) => length > 60)).toBe(true);
    for (const { length } of narrow) expect(length).toBeLessThanOrEqual(60);
    expect(narrow.join(" ").split(/\s+/)).toEqual(lines.join(" ").split(/\s+/));
  });

  it("says what the environment has wrong", async () => {
    vi.stubEnv("OTEL_TRACES_SAMPLER", "sometimes");
    const found = await finding("environment");
    expect(found?.message).toContain("OTEL_TRACES_SAMPLER is 'sometimes', which is ignored");
    expect(found?.advice).toContain('expected "always_on"');
  });

  it.each([
    ["# TYPE primitive_execution_count_total counter\nprimitive_execution_count_total 1\n", "ok"],
    ["# TYPE other counter\nother 1\n", "warning"],
    ["<html>", "failure"],
  ])("looks at the metrics page: %j is %s", async (page, state) => {
    const url = await serve((_request, response) => void response.end(page));
    expect((await finding("/metrics", "--metrics", url))?.state).toBe(state);
  });

  it("says that nobody serves the page", async () => {
    const url = "http://127.0.0.1:9/metrics";
    expect((await finding("/metrics", "--metrics", url))?.state).toBe("failure");
  });

  it("refuses what it does not know", async () => {
    expect(await doctor("--otpl", "x")).toMatchObject({
      code: 2,
      err: "tta doctor: Unknown option '--otpl'",
    });
    expect((await doctor("--otlp", "localhost:4318")).err).toBe(
      'tta doctor: --otlp: expected an http:// or https:// URL, got "localhost:4318"',
    );
  });
});
