import { constants } from 'node:os';

/** How the wish to end reaches a command. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** What shells expect of a program that a signal ended; undefined when none came. */
  exitCode(): number | undefined;
}

/** Listens for Ctrl-C and SIGTERM: the first aborts the signal, the second ends the process. */
export function onInterrupt(): Interrupt {
  const abort = new AbortController();
  let code: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (code !== undefined) process.exit(code);
      code = 128 + constants.signals[name];
      abort.abort();
    });
  }
  return { signal: abort.signal, exitCode: () => code };
}
