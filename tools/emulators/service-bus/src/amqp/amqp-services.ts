import type { Namespace } from '../broker/namespace.ts';

/** What a connection needs to know of the broker. */
export interface AmqpServices {
  readonly namespace: Namespace;
  /** The largest message that is taken, in bytes; larger ones are rejected. */
  readonly maxMessageBytes: number;
}
