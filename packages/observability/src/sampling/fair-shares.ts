/**
 * Divides a budget so that nobody gets less than another who wants more (max-min fairness): small demands are met in
 * full, and what is left is divided evenly between the others.
 *
 * @returns the most that anybody gets; Infinity where all demands fit.
 */
export function fairLevel(demands: readonly number[], budget: number): number {
  const ascending = demands.toSorted((a, b) => a - b);
  let left = budget;
  for (const [index, demand] of ascending.entries()) {
    const share = left / (ascending.length - index);
    if (demand > share) return share;
    left -= demand;
  }
  return Infinity;
}
