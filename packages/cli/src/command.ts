/** Where a command writes. Tests give their own. */
export interface Terminal {
  /** Standard output: what the command is for. */
  readonly print: (text: string) => void;
  /** Standard error: progress and complaints. */
  readonly complain: (text: string) => void;
  /** Its width; undefined where standard output is no terminal. */
  readonly columns?: number | undefined;
}

export interface Invocation {
  /** What stands behind the command's name. */
  readonly args: readonly string[];
  /** Folder in which the project's `tta.config.ts` is looked for. */
  readonly cwd: string;
  readonly terminal: Terminal;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  /** @returns the exit code @throws UsageError for what the person should do differently */
  readonly run: (invocation: Invocation) => Promise<number>;
}
