import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComponentEvaluation } from "@tta-dev/observability/collectors";
import { createMaturityProject } from "./maturity.fixture.ts";

const { tta, write, writeState, remove } = createMaturityProject();
afterAll(() => {
  remove();
});

const componentsIn = (out: string): readonly ComponentEvaluation[] =>
  (JSON.parse(out) as { readonly components: readonly ComponentEvaluation[] }).components;

describe("tta maturity without runtime data", () => {
  it("says which gates have no data, and exits with 1", async () => {
    const { code, out } = await tta();
    expect(code).toBe(1);
    expect(`\n${out}\n`).toBe(`
greeter    staging      falls short: 3 of 5 gates for staging not passed
  ✓ coverage       90 %       at least 70 %  10 lines in 1 file of
                                             coverage/lcov.info
  ? error rate     no data    at most 5 %    there is no .tta/components.json
  ? executions     no data    at least 100   there is no .tta/components.json
  ? days observed  no data    at least 1     there is no .tta/components.json
  ✓ docs           1 heading  a document     greet.md

other one  development  5 of 5 gates for staging not passed
  ? coverage       no data  at least 70 %  coverage/lcov.info has no file of
                                           lib/**
  ? error rate     no data  at most 5 %    there is no .tta/components.json
  ? executions     no data  at least 100   there is no .tta/components.json
  ? days observed  no data  at least 1     there is no .tta/components.json
  ✗ docs           none     a document     it declares no document

2 components, 1 short of the stage declared: greeter
no runtime data: there is no .tta/components.json, which a program with these
components writes
`);
  });

  it("looks at some gates alone, as a pipeline can", async () => {
    const { code, out } = await tta("--gates", "coverage, docs", "--json");
    expect(code).toBe(0);
    const [greeter] = componentsIn(out);
    expect(greeter?.declared).toMatchObject({ met: true, missing: [] });
    expect(greeter?.next?.gates.map(({ gate }) => gate)).toEqual(["coverage", "docs"]);
  });

  it("takes another coverage report, from where it is called", async () => {
    const { code, out } = await tta("--gates", "coverage", "--coverage", "other.info", "--json");
    expect(code).toBe(1);
    expect(componentsIn(out)[0]?.declared.missing).toEqual([
      "coverage: 25 %, asked for: at least 70 % (4 lines in 1 file of other.info)",
    ]);
  });
});

describe("tta maturity with what programs left behind", () => {
  it("counts executions, errors, days and SLOs", async () => {
    writeState("state.json", 8, [200, 1]);
    const { code, out } = await tta("--state", "state.json");
    expect(code).toBe(0);
    expect(out).toContain(
      "greeter    staging      ready for production: tta maturity --promote greeter",
    );
    expect(out).toMatch(/✓ error rate +0\.5 % +at most 1 % +8 of 1,600 in the last 30 days/);
    expect(out).toContain("2 components, each meets the stage it declares");
    expect(out).toContain("runtime data from state.json, saved 2026-11-20 08:00 UTC");
  });

  it("finds the file beside the configuration", async () => {
    writeState(".tta/components.json", 1, [120, 0]);
    const { code, out } = await tta("--json");
    remove(".tta");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      source: expect.stringContaining("runtime data from .tta/components.json"),
      components: [{ name: "greeter", declared: { met: true }, next: { met: false } }, {}],
    });
  });

  it("writes Markdown", async () => {
    writeState("state.json", 2, [200, 0]);
    const { code, out } = await tta("--state", "state.json", "--markdown");
    expect(code).toBe(0);
    expect(out).toBe(`## Component maturity

| component | stage | coverage | SLOs | error rate | executions | days observed | docs | verdict |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| greeter | staging | ✓ 90 % | ✓ 1 of 1 met | ✓ 0 % | ✗ 400 | ✗ 2 | ✓ 1 heading | 2 of 6 gates for production not passed |
| other one | development | ? no data |  | ? no data | ✗ 0 | ✗ 0 | ✗ none | 5 of 5 gates for staging not passed |

2 components, each meets the stage it declares. Runtime data from state.json, saved 2026-11-20 08:00 UTC.

**greeter**, for production:

- executions: 400, asked for: at least 1,000 (in the last 30 days)
- days observed: 2, asked for: at least 7 (of the last 30)

**other one**, for staging:

- coverage: no data, asked for: at least 70 % (coverage/lcov.info has no file of lib/\\*\\*)
- error rate: no data, asked for: at most 5 % (no executions in the last 30 days)
- executions: 0, asked for: at least 100 (in the last 30 days)
- days observed: 0, asked for: at least 1 (of the last 30)
- docs: none, asked for: a document (it declares no document)`);
  });
});

describe("tta maturity with a metrics page", () => {
  const page = `# HELP primitive_execution_count_total Executions.
# TYPE primitive_execution_count_total counter
primitive_execution_count_total{primitive_name="greet",primitive_type="workflow",status="success"} 190 1763625600000
primitive_execution_count_total{primitive_name="greet",primitive_type="workflow",status="error",error_type="X"} 8 # {trace_id="a"} 1
primitive_execution_count_total{primitive_name="greet",primitive_type="workflow",status="cancelled"} 5
primitive_execution_count_total{primitive_name="greet",primitive_type="step",status="error"} 999
slo_compliance_ratio{slo="fast",window="30d"} 0.96
slo_error_budget_remaining_ratio{slo="fast",window="30d"} -0.5
`;
  let server: Server;
  let url = "";
  beforeAll(async () => {
    write("page.txt", page);
    server = createServer((request, response) => {
      if (request.url === "/metrics") response.end(page);
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  });
  afterAll(() => {
    server.close();
  });

  it.each(["page.txt", "URL"])(
    "takes executions, errors and SLOs from %s, and days from the file",
    async (name) => {
      writeState("state.json", 3, [1, 1]);
      const source = name === "URL" ? url : name;
      const { out } = await tta("--metrics", source, "--state", "state.json", "--json");
      const [greeter, other] = componentsIn(out);
      const gates = Object.fromEntries(greeter!.next!.gates.map((gate) => [gate.gate, gate]));
      expect(gates).toMatchObject({
        executions: { value: 198, note: "since that program began" },
        error_rate: { value: 8 / 198, found: "4.05 %" },
        days_observed: { value: 3 },
        slo_compliance: { status: "failed", note: "fast is missed at 96 %" },
      });
      expect(other!.next!.gates.find(({ gate }) => gate === "executions")).toMatchObject({
        status: "no_data",
        note: "that page has no other",
      });
    },
  );

  it.each([
    ["none.txt", "--metrics: none.txt: no such file, and no http:// or https:// URL"],
    ["greet.md", "--metrics: greet.md is no metrics page"],
    ["src", "--metrics: src: EISDIR"],
    ["http://127.0.0.1:1/metrics", "--metrics: nobody answers at http://127.0.0.1:1/metrics ("],
  ])("says of %s what is wrong with it", async (source, message) => {
    const { code, out, err } = await tta("--metrics", source);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  it("says with which status a page answers", async () => {
    const { err } = await tta("--metrics", url.replace("/metrics", "/nothing"));
    expect(err).toContain("/nothing answers with status 404");
  });
});

describe("tta maturity --promote", () => {
  it("allows it when every gate of the next stage is passed, and says what to change", async () => {
    writeState("state.json", 8, [200, 1]);
    const { code, out } = await tta("--promote", "greeter", "--state", "state.json");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^greeter may go from staging to production: all 6 gates are passed\n\n {2}✓ coverage/,
    );
    expect(out).toMatch(
      /\n\nWhere defineComponent says name: "greeter", change\n- stage: "staging"\n\+ stage: "production"$/,
    );
    const { out: json } = await tta("--promote", "greeter", "--state", "state.json", "--json");
    expect(JSON.parse(json)).toMatchObject({ allowed: true, name: "greeter", stage: "staging" });
  });

  it("refuses it when one is not", async () => {
    writeState("state.json", 6, [200, 1]);
    const { code, out } = await tta("--promote", "greeter", "--state", "state.json");
    expect(code).toBe(1);
    expect(out).toMatch(
      /^greeter may not go from staging to production: 1 of 6 gates not passed\n/,
    );
    expect(out).toMatch(/✗ days observed +6 /);
    expect(out).not.toContain("stage:");
  });

  it("takes no gates for a stage that asks for nothing", async () => {
    const { code, out } = await tta("--config", "old/tta.config.ts", "--promote", "young");
    expect(code).toBe(0);
    expect(out).toContain("young may go from development to staging: all 0 gates are passed");
  });
});

describe("tta maturity called wrongly", () => {
  it.each([
    [["--json", "--markdown"], "--json and --markdown: expected one of them"],
    [["--promote", "greeter", "--markdown"], "--promote: expected without --markdown"],
    [["--promote", "greeter", "--gates", "docs"], "--promote: expected without --gates"],
    [["--promote", "gretter"], 'no component is called "gretter"; there are: greeter, other one'],
    [["--promote", "old", "-c", "old/tta.config.ts"], '"old" is in production, and there is no'],
    [["--gates", "coverage,doc"], "--gates: expected some of coverage,slo_compliance,error_rate,"],
    [["--stat", "a"], "Unknown option '--stat'"],
    [["greeter"], "Unexpected argument 'greeter'"],
    [["--state", "none.json"], "--state: none.json: no such file"],
    [["--state", "broken.json"], "broken.json is no state of components: its version is undefined"],
    [["--config", "none/tta.config.ts"], "the project has no components; say: defineConfig("],
    [["--config", "nowhere.ts"], "nowhere.ts: no such file"],
  ])("answers %j with one clear line and exit code 2", async (args, message) => {
    const { code, out, err } = await tta(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(err.split("\n")).toHaveLength(1);
  });

  it("prints its help, which fits 80 columns", async () => {
    const { code, out } = await tta("--help");
    expect(code).toBe(0);
    expect(out).toContain("--promote NAME");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
