/** A mistake of the person at the terminal: one clear line, exit code 2. */
export class UsageError extends Error {
  static {
    this.prototype.name = "UsageError";
  }
}
