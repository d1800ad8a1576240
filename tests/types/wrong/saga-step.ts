import { saga } from "@tta-dev/primitives";

export const wrong = saga(
  { name: "count", execute: async (text: string) => text.length },
  {
    name: "shout",
    execute: (text: string) => text.toUpperCase(), // @error
  },
  { name: "again", execute: (text: string) => text },
);
