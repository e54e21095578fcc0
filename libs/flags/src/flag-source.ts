import type { WrittenFlags } from './evaluate-flag.ts';

/** Where flags come from; a provider of OpenFeature stands on one. */
export interface FlagSource {
  /** For people and for OpenFeature's metadata. */
  readonly name: string;
  /** Reads all flags. Rejects when the source cannot be read. */
  read(): Promise<WrittenFlags>;
  /**
   * Calls back when the flags may have changed, until the returned function is called. What
   * changed is asked of `read`.
   */
  watch(onChange: () => void): () => void;
}

/** Asks a source again and again: the `watch` of a source that does not tell by itself. */
export function watchByPolling(intervalMs: number, onChange: () => void): () => void {
  const timer: unknown = setInterval(onChange, intervalMs);
  // In Node, waiting for flags keeps no program alive.
  if (isNodeTimer(timer)) timer.unref();
  return () => clearInterval(timer as number);
}

function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer;
}
