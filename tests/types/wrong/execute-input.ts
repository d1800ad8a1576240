import { workflow } from "@tta-dev/primitives";

const answer = workflow("answer", async (text: string) => text.length);

export const wrong = answer.execute(
  1, // @error
);
