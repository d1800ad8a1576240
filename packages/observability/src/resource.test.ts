import { expect, test } from "vitest";
import { resolveConfig } from "./config/config.ts";
import { buildResource, knownAttributes } from "./resource.ts";

const resource = buildResource(
  resolveConfig(
    { serviceName: "desk", serviceVersion: "1.2.3" },
    {
      environment: {
        OTEL_RESOURCE_ATTRIBUTES: "team=red,service.version=0",
        NODE_ENV: "production",
      },
      atTerminal: false,
      report: () => undefined,
    },
  ),
);

test("a resource says what the program is and where it runs", async () => {
  const known = knownAttributes(resource);
  expect(known()).toMatchObject({ "service.name": "desk", team: "red" });
  await resource.waitForAsyncAttributes?.();
  expect(resource.attributes).toMatchObject({
    "service.name": "desk",
    "service.version": "1.2.3",
    "deployment.environment.name": "production",
    team: "red",
    "process.pid": process.pid,
    "host.name": expect.any(String),
    "service.instance.id": expect.any(String),
  });
});

test("a resource has neither the command line nor the user's name", async () => {
  await resource.waitForAsyncAttributes?.();
  const names = Object.keys(resource.attributes);
  expect(names).toContain("process.runtime.name");
  expect(names.filter((name) => /command|owner/.test(name))).toEqual([]);
});
