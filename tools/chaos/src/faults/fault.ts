import type { Random } from '@ayna/processes';
import type { World } from '../world/world.ts';

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  /**
   * Chooses the particulars of one injection, from `random` alone.
   *
   * @param maxMs how long it may last at most
   */
  plan(random: Random, maxMs: number): Injection;
}

/** One fault that is going to happen. */
export interface Injection {
  /** What exactly, for a person. */
  readonly detail: string;
  /** What it happens to: two faults on one thing never overlap. */
  readonly on: string;
  /** From its beginning to its end. */
  readonly durationMs: number;
  begin(world: World): Promise<void> | void;
  /** Makes good what `begin` did, as far as it can be. */
  end?(world: World): Promise<void> | void;
}

/** A duration between `minMs` and `maxMs`, but never beyond `limitMs`. */
export function duration(random: Random, minMs: number, maxMs: number, limitMs: number): number {
  return Math.min(limitMs, minMs + random.below(maxMs - minMs + 1));
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
