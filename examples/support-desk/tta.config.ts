import { defineConfig } from "@tta-dev/primitives/config";
import { createDesk } from "./desk.ts";
import { createPace } from "./pace.ts";
import { createPeople } from "./people.ts";

const people = createPeople({ names: [], pace: createPace(1) });

export const config = defineConfig({
  workflows: [createDesk({ modelUrl: "http://127.0.0.1:8080/v1", people })],
});
