import { fallback } from "@tta-dev/primitives";

const length = async (text: string): Promise<number> => text.length;
const half = (count: number): number => count / 2;

export const wrong = fallback(
  length,
  [half], // @error
);
