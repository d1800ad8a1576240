import { describe, expect, test } from "vitest";
import { createHostCheck } from "./host-check.ts";

describe("a server on a loopback address", () => {
  const isOurs = createHostCheck("127.0.0.1");

  test.each([
    "localhost",
    "localhost:9464",
    "LOCALHOST:9464",
    "localhost.:9464",
    "127.0.0.1",
    "127.8.9.1:80",
    "[::1]:9464",
  ])("answers to %s", (host) => {
    expect(isOurs(host)).toBe(true);
  });

  test.each([
    "evil.example",
    "localhost.evil.example:9464",
    "127.0.0.1.evil.example",
    "10.0.0.1:9464",
    "[::2]:1",
    "",
    "a b",
    "@",
  ])("does not answer to %j", (host) => {
    expect(isOurs(host)).toBe(false);
  });

  test("answers where HTTP/1.0 gives no name", () => {
    expect(isOurs(undefined)).toBe(true);
  });

  test.each(["localhost", "::1", "[::1]", "127.0.0.53"])(
    "%s is a loopback address as well",
    (boundTo) => {
      const check = createHostCheck(boundTo);
      expect([check("localhost"), check("[::1]:9464"), check("evil.example")]).toEqual([
        true,
        true,
        false,
      ]);
    },
  );
});

describe("a server on another address", () => {
  test.each(["0.0.0.0", "::", "192.168.1.5", "metrics.internal"])(
    "%s answers to every name",
    (boundTo) => {
      expect(createHostCheck(boundTo)("whatever.example")).toBe(true);
    },
  );
});
