import type { ErrorCode } from '@ayna/contract';
import type { Draft } from './draft.ts';
import type { EventSource } from './good-events.ts';

/** A way to spoil a message. */
export interface Mutation {
  readonly name: string;
  /**
   * What must become of a good message with this mutation and no other. `bad`: it is dead-lettered.
   * `either`: it is dead-lettered, or applied exactly as it stands on the wire.
   */
  readonly verdict: 'bad' | 'either';
  /** The code that a bad one must be dead-lettered with. @defaultValue any code of the registry */
  readonly reason?: ErrorCode;
  apply(draft: Draft, source: EventSource): void;
}

/** A mutation after which a message is dead-lettered with this code. */
export function bad(name: string, reason: ErrorCode, apply: Mutation['apply']): Mutation {
  return { name, verdict: 'bad', reason, apply };
}

/** A mutation after which a message is dead-lettered, or applied as it stands on the wire. */
export function either(name: string, apply: Mutation['apply']): Mutation {
  return { name, verdict: 'either', apply };
}
