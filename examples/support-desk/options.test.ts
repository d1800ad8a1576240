import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { helpText } from "./help.ts";
import { defaultOptions, parseOptions } from "./options.ts";

const excerpt = join(import.meta.dirname, "data/azure-conv-excerpt.csv");

describe("parseOptions", () => {
  test("no options are the defaults", () => {
    expect(parseOptions([])).toEqual({ kind: "run", options: defaultOptions });
  });

  test("every option is read", () => {
    const line = `--requests 50 --speed 2.5 --concurrency=8 --seed 0 --port 0 --once --json --otlp http://localhost:4318/ --state evidence.json --logs warn`;
    expect(parseOptions([...line.split(" "), "--trace", excerpt])).toEqual({
      kind: "run",
      options: {
        requests: 50,
        speed: 2.5,
        concurrency: 8,
        seed: 0,
        port: 0,
        once: true,
        json: true,
        otlp: "http://localhost:4318",
        state: "evidence.json",
        logs: "warn",
        trace: excerpt,
      },
    });
  });

  test("the last of two values counts", () => {
    expect(parseOptions(["--seed", "1", "--seed=2"])).toMatchObject({ options: { seed: 2 } });
  });

  test.each([["--help"], ["-h"], ["--once", "--help"]])("%s asks for help", (...args) => {
    expect(parseOptions(args)).toEqual({ kind: "help" });
  });

  const count = "expected a whole number from 1 to 1000000";
  const speed = "expected a number above 0 and up to 10000";
  const url = "expected a base URL such as http://127.0.0.1:4318";
  test.each([
    [["--requests", "many"], `--requests "many": ${count}`],
    [["--requests", "0"], `--requests "0": ${count}`],
    [["--requests", "-5"], `--requests "-5": ${count}`],
    [["--requests", "1.5"], `--requests "1.5": ${count}`],
    [["--requests", "1e3"], `--requests "1e3": ${count}`],
    [["--requests", "0x10"], `--requests "0x10": ${count}`],
    [["--requests", "9999999999999999999999"], `--requests "9999999999999999999999": ${count}`],
    [["--requests="], `--requests "": ${count}`],
    [["--requests", " 5"], `--requests " 5": ${count}`],
    [["--requests"], `--requests: it has no value; ${count}`],
    [["--requests", "--once"], `--requests: it has no value; ${count}`],
    [["--speed", "0"], `--speed "0": ${speed}`],
    [["--speed", "-1"], `--speed "-1": ${speed}`],
    [["--speed", "NaN"], `--speed "NaN": ${speed}`],
    [["--speed", "Infinity"], `--speed "Infinity": ${speed}`],
    [["--speed", "."], `--speed ".": ${speed}`],
    [["--concurrency", "0"], `--concurrency "0": expected a whole number from 1 to 10000`],
    [["--seed", "one"], `--seed "one": expected a whole number from 0 to 4294967295`],
    [["--port", "65536"], `--port "65536": expected a whole number from 0 to 65535`],
    [["--otlp", "localhost:4318"], `--otlp "localhost:4318": ${url}`],
    [["--otlp", "not a url"], `--otlp "not a url": ${url}`],
    [["--otlp", "ftp://host"], `--otlp "ftp://host": ${url}`],
    [["--otlp", "http://"], `--otlp "http://": ${url}`],
    [["--otlp", "http:host"], `--otlp "http:host": ${url}`],
    [["--otlp", "http://host?x=1"], `--otlp "http://host?x=1": ${url}`],
    [
      ["--trace", "no/such\nfile"],
      `--trace "no/such\\nfile": expected the path of a file that exists`,
    ],
    [["--trace", "."], `--trace ".": expected the path of a file that exists`],
    [["--trace"], `--trace: it has no value; expected the path of a file that exists`],
    [["--logs", "loud"], `--logs "loud": expected "debug" or "info" or "warn" or "error"`],
    [["--once=yes"], `--once "yes": expected no value`],
    [["--request", "5"], `--request: there is no such option; --help lists them`],
    [["--no-json"], `--no-json: there is no such option; --help lists them`],
    [["--constructor"], `--constructor: there is no such option; --help lists them`],
    [["-x"], `-x: there is no such option; --help lists them`],
    [["50"], `"50": expected an option; --help lists them`],
    [["--", "--once"], `"--once": expected an option; --help lists them`],
  ])("%j is refused in one line", (args, problem) => {
    expect(parseOptions(args)).toEqual({ kind: "invalid", problem });
  });
});

describe("the help text", () => {
  test("it names every option and fits 80 columns", () => {
    for (const name of Object.keys(defaultOptions)) expect(helpText).toContain(`--${name} `);
    for (const line of helpText.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
