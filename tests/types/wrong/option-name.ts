import { retry } from "@tta-dev/primitives";

export const wrong = retry(async (text: string) => text, {
  attempts: 3,
  maxRetries: 3, // @error
});
