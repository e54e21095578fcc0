import type { Checkpoint } from './checkpoint.ts';

/** Keeps the checkpoint of one backfill. Nobody else writes to it while it is open. */
export interface CheckpointStore {
  /** What to call it in a message. */
  readonly name: string;
  /**
   * What was saved last; undefined when nothing was.
   *
   * Rejects with AynaError `CheckpointUnusable` when it is damaged.
   */
  load(): Promise<Checkpoint | undefined>;
  /**
   * Resolves once the checkpoint would survive a crash of the machine. A crash on the way leaves
   * the one before. Rejects with AynaError `CheckpointUnusable` when it cannot be written.
   */
  save(checkpoint: Checkpoint): Promise<void>;
}
