import type { BrokerError } from './broker-error.ts';
import type { Entry, Lock } from './message.ts';

/** Whether a delivered message stays in the queue, locked, until it is settled. */
export type ReceiveMode = 'peek-lock' | 'receive-and-delete';

/**
 * Somebody who takes messages from a queue: for the broker, all there is to know of a link.
 *
 * The queue asks `capacity` before each delivery and never delivers beyond it. `deliver` is called
 * synchronously and must not throw; whoever's capacity has grown tells the queue with `dispatch()`.
 */
export interface Consumer {
  readonly mode: ReceiveMode;
  capacity(): number;
  /** The lock is there in peek-lock mode only. */
  deliver(entry: Entry, lock: Lock | undefined): void;
  /** Called once when there will be no more messages, because the entity was removed or disabled. */
  dismiss(reason: BrokerError): void;
}
