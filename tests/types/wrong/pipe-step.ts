import { sequential } from "@tta-dev/primitives";

const length = async (text: string): Promise<number> => text.length;

export const wrong = sequential(length).pipe(
  length, // @error
);
