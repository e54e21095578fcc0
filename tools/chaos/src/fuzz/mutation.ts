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
