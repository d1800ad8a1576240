/**
 * Makes a picker of ranks from 0 to `size - 1` in which rank r is drawn with a probability
 * proportional to 1 / (r + 1)^exponent: a few are asked for again and again, most hardly ever.
 *
 * @param uniform a number in [0, 1)
 */
export function createZipf(size: number, exponent = 1): (uniform: number) => number {
  const cumulative: number[] = [];
  let total = 0;
  for (let rank = 0; rank < size; rank++) {
    total += 1 / (rank + 1) ** exponent;
    cumulative.push(total);
  }
  return (uniform) => {
    const rank = cumulative.findIndex((sum) => uniform * total < sum);
    return rank === -1 ? size - 1 : rank;
  };
}
