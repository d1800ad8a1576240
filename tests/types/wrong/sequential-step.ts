import { sequential } from "@tta-dev/primitives";

const length = async (text: string): Promise<number> => text.length;
const upper = (text: string): string => text.toUpperCase();

export const wrong = sequential(
  upper,
  length,
  upper, // @error
);
