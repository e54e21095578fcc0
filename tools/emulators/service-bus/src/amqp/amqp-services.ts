import type { Namespace } from '../broker/namespace.ts';

/** Calls back once everything is on disk; what goes wrong then ends this connection only. */
export type Durably = (then: () => void) => void;

/** What a connection needs to know of the broker. */
export interface AmqpServices {
  readonly namespace: Namespace;
  /** The largest message that is taken, in bytes; larger ones are rejected. */
  readonly maxMessageBytes: number;
  /** The key with which tokens have to be signed; without it, all are taken. */
  readonly sharedAccessKey?: string | undefined;
  /** Which tokens are taken; without it, all are. */
  readonly acceptsToken?: ((token: string) => boolean) | undefined;
}
