import { retry, sequential } from "@tta-dev/primitives";

const length = async (text: string): Promise<number> => text.length;

export const wrong = sequential(
  length,
  retry(length, { attempts: 3 }), // @error
);
