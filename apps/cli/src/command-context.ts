/** What a command has to work with. */
export interface CommandContext {
  /** The environment, for `readConfig`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Aborted by the first Ctrl-C. A command then finishes the step in hand, says what was done and
   * what is left, and returns; the exit code becomes 130 by itself. A second Ctrl-C ends the
   * process at once.
   */
  readonly signal: AbortSignal;
  /** What the process ends with; a command that ran but found a failure sets `exitCodes.failed`. */
  exitCode: number;
  /**
   * Writes a result to standard output and resolves when it was taken: await it, so that memory
   * stays flat behind a slow reader.
   */
  print(text: string): Promise<void>;
  /** Writes one line for people (progress, warnings) to standard error. */
  note(text: string): void;
}
