/** Shows the form of a wrong program: each marked line must be an error, and no other. */
const lengthOf = (text: string): number => text.length;

export const length = lengthOf(
  42, // @error
);

// @error
export const text: string = lengthOf("text");
