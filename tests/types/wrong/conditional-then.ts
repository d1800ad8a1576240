import { conditional } from "@tta-dev/primitives";

const half = (count: number): number => count / 2;

export const wrong = conditional(
  (text: string) => text === "",
  half, // @error
);
