import type { MessageChanges, MessageContent } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Admission } from './store-owner.ts';

/** A message on its way to where it will lie: through a topic's rules, through forwarding. */
export interface Parcel {
  readonly content: MessageContent;
  readonly changes: MessageChanges | undefined;
  readonly enqueuedSequence?: number;
  readonly deadLetterSource?: string;
  /** Entities it was forwarded through. */
  readonly hops: number;
  /** Its schedule has been waited for, and its id has been looked at. */
  readonly due?: boolean;
}

/** Where a parcel is to be put. Nothing is put before the whole way is known to be open. */
export interface PlannedPut {
  readonly store: MessageStore;
  readonly admission: Admission;
}

/** Azure lets a message be forwarded four times. */
export const MAX_FORWARDING_HOPS = 4;

/** When a message expires: its own time to live and the entities' defaults, whichever is shortest. */
export function expiryMs(content: MessageContent, nowMs: number, ...defaultsMs: number[]): number {
  return nowMs + Math.min(content.timeToLiveMs ?? Infinity, ...defaultsMs);
}
