import type { Entry, MessageChanges, MessageContent } from './message.ts';

/** What the owner of a store decides. Asked anew each time, since settings change. */
export interface StorePolicy {
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  /** Dead letters cannot be dead-lettered again, and their deliveries are not counted. */
  readonly holdsDeadLetters: boolean;
  /** Whether receivers may be served at all. */
  readonly receiving: boolean;
}

/** What a store asks of its owner. */
export interface StoreOwner {
  policy(): StorePolicy;
  /** An entry has expired and is no longer in the store. */
  expired(entry: Entry): void;
  /** An entry goes to the dead letters; it is no longer in the store. */
  deadLettered(entry: Entry, changes: MessageChanges | undefined): void;
  /** The time of a scheduled entry has come; it is no longer in the store. */
  due(entry: Entry): void;
}

/** What is needed to put a message into a store. */
export interface Admission {
  readonly content: MessageContent;
  readonly enqueuedAtMs: number;
  readonly expiresAtMs: number;
  readonly state: 'active' | 'deferred' | 'scheduled';
  readonly sequence?: number;
  readonly enqueuedSequence?: number;
  readonly changes?: MessageChanges | undefined;
  readonly deadLetterSource?: string | undefined;
  readonly deliveryCount?: number;
}

/** How many messages a store holds, by what they are doing. */
export interface StoreCounts {
  active: number;
  locked: number;
  deferred: number;
  scheduled: number;
}
