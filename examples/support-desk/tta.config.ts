import { defineConfig } from "@tta-dev/primitives/config";
import { deskComponents } from "./components.ts";
import { createDesk } from "./desk.ts";
import { createPace } from "./pace.ts";
import { createPeople } from "./people.ts";

const people = createPeople({ names: [], pace: createPace(1) });
const desk = createDesk({ modelUrl: "http://127.0.0.1:8080/v1", people });

export const config = defineConfig({
  workflows: [desk.coordinator],
  components: deskComponents(desk),
});
