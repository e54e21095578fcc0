import type { WrittenFlags } from './evaluate-flag.ts';
import { flagDefinitions } from './flag-definitions.ts';
import type { FlagSource } from './flag-source.ts';

/** What happened to the flags of a source. */
export interface FlagListener {
  /** Other values were read. */
  changed(keys: string[]): void;
  /** They could not be read; those read last hold. */
  stale(error: Error): void;
}

/**
 * Keeps the flags of a source in memory and up to date. What was read last holds while the source
 * cannot be read.
 */
export class LiveFlags {
  readonly #source: FlagSource;
  readonly #listener: FlagListener;
  #written: WrittenFlags = {};
  #stop: (() => void) | undefined;
  #reading: Promise<void> | undefined;

  constructor(source: FlagSource, listener: FlagListener) {
    this.#source = source;
    this.#listener = listener;
  }

  get written(): WrittenFlags {
    return this.#written;
  }

  /** Reads and begins to watch. Rejects when the first read fails; it watches all the same. */
  async start(): Promise<void> {
    this.#stop ??= this.#source.watch(() => void this.#refresh());
    this.#written = await this.#source.read();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** One read at a time: a call during one waits for it. */
  #refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      const before = this.#written;
      const after = await this.#source.read();
      this.#written = after;
      const changed = flagDefinitions
        .map(({ key }) => key)
        .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
      if (changed.length > 0) this.#listener.changed(changed);
    } catch (error) {
      this.#listener.stale(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
