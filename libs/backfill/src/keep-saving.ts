import { setTimeout as delay } from 'node:timers/promises';

/** Saves something at intervals until it is closed. */
export interface Saving {
  /** Ends the intervals and saves once more. Rejects when that fails. */
  close(): Promise<void>;
}

/**
 * Saves every so many milliseconds, never twice at once.
 *
 * @param onFailure told of a save that failed; there is no further one until `close`
 */
export function keepSaving(
  save: () => Promise<void>,
  everyMs: number,
  onFailure: (error: unknown) => void,
): Saving {
  const closed = new AbortController();
  const { signal } = closed;
  const loop = async () => {
    for (;;) {
      await delay(everyMs, undefined, { signal });
      await save();
    }
  };
  const saving = loop().catch((error: unknown) => {
    if (!signal.aborted) onFailure(error);
  });
  return {
    close: async () => {
      closed.abort();
      await saving;
      await save();
    },
  };
}
