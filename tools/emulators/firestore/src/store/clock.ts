import type { Micros } from '../values/timestamp.ts';

/** Where wall-clock time comes from, in microseconds since the epoch. */
export type WallClock = () => Micros;

/**
 * The time line that commits and reads share. A commit is always later than every commit and every
 * snapshot read before it, so a snapshot never changes after it has been read.
 */
export interface CommitClock {
  /** A new commit time: strictly later than anything this clock has handed out. */
  next(): Micros;
  /** A read time: not earlier than anything this clock has handed out. */
  read(): Micros;
}

const systemClock: WallClock = () => Date.now() * 1000 + Math.floor((performance.now() % 1) * 1000);

export function createCommitClock(wallClock: WallClock = systemClock): CommitClock {
  let latest = 0;
  return {
    next: () => (latest = Math.max(wallClock(), latest + 1)),
    read: () => (latest = Math.max(wallClock(), latest)),
  };
}
