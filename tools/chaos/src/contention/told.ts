import type { Outcome } from '@ayna/contract';

/** What a writer is told: to deliver a round. */
export interface RoundOrder {
  readonly round: number;
  readonly isLast: boolean;
}

/** What a writer tells of a round that it has delivered, every change once. */
export interface RoundTold {
  /** Of each change, in the order of the plan. */
  readonly outcomes: readonly Outcome[];
  /** Calls of `apply`. */
  readonly calls: number;
  /** Attempts inside these calls that collided with another writer and were made again, by error number. */
  readonly collisions: Readonly<Record<string, number>>;
  /** The longest call. */
  readonly slowestMs: number;
  readonly seconds: number;
}
