import type { EntityRecord, RuleRecord } from './entity-description.ts';
import type { Entry, MessageChanges } from './message.ts';

/** Where one message lies, and all that is known of it there. */
export interface Placement {
  readonly store: string;
  readonly sequence: number;
  readonly enqueuedSequence: number;
  readonly enqueuedAtMs: number;
  readonly expiresAtMs: number;
  readonly state: 'active' | 'deferred' | 'scheduled';
  readonly deliveryCount: number;
  readonly deadLetterSource: string | undefined;
  readonly changes: MessageChanges | undefined;
}

/** What is written down of an entry in the store of that path. */
export function placementOf(store: string, entry: Entry): Placement {
  return {
    store,
    sequence: entry.sequence,
    enqueuedSequence: entry.enqueuedSequence,
    enqueuedAtMs: entry.enqueuedAtMs,
    expiresAtMs: entry.expiresAtMs,
    state: entry.state === 'scheduled' ? 'scheduled' : entry.deferred ? 'deferred' : 'active',
    deliveryCount: entry.deliveryCount,
    deadLetterSource: entry.deadLetterSource,
    changes: entry.changes,
  };
}

/** A message id, remembered for duplicate detection, and when it was seen. */
export type SeenId = readonly [messageId: string, atMs: number];

/** What the broker writes down, so that a restart finds everything as it was (but for locks). */
export type JournalRecord =
  | { readonly type: 'entity'; readonly entity: EntityRecord }
  | { readonly type: 'entity-removed'; readonly path: string }
  | { readonly type: 'rules'; readonly path: string; readonly rules: readonly RuleRecord[] }
  | {
      readonly type: 'put';
      readonly bytes: Buffer;
      readonly placements: readonly Placement[];
    }
  | {
      readonly type: 'change';
      readonly store: string;
      readonly sequence: number;
      readonly state: 'active' | 'deferred';
      readonly deliveryCount: number;
      readonly changes: MessageChanges | undefined;
    }
  | { readonly type: 'remove'; readonly store: string; readonly sequence: number }
  | {
      readonly type: 'move';
      readonly store: string;
      readonly sequence: number;
      readonly to: Placement;
    }
  | {
      readonly type: 'session-state';
      readonly store: string;
      readonly sessionId: string;
      readonly state: Buffer | null;
    }
  | { readonly type: 'sequence'; readonly store: string; readonly last: number }
  | { readonly type: 'seen'; readonly path: string; readonly ids: readonly SeenId[] };

/**
 * Where records go. Appending never fails and never waits; whoever promised something to a client waits
 * for `whenDurable` before saying so.
 */
export interface Journal {
  append(record: JournalRecord): void;
  /** Calls back, in order, once everything appended so far is on disk. May call back at once. */
  whenDurable(callback: () => void): void;
}

/** The journal of a broker that forgets everything with its process. */
export const memoryJournal: Journal = {
  append: () => undefined,
  whenDurable: (callback) => {
    callback();
  },
};
