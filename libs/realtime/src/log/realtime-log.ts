import type { Membership } from '../membership/membership-source.ts';
import type { LogEvent } from './log-event.ts';

/** Where the log begins and ends. Sequences have no gap. */
export interface LogState {
  /** Of another one, no cursor can be resumed. */
  readonly epoch: string;
  /** The oldest change that is kept; one more than `last` when none is. */
  readonly first: number;
  readonly last: number;
}

/** A change in the log. */
export interface LogRow {
  readonly sequence: number;
  readonly conversationId: string | null;
  /** Who may see it. */
  readonly audience: readonly string[];
  /** Whom it took out of the conversation. */
  readonly removed: readonly string[];
  readonly late: boolean;
  readonly frame: string;
  /** When the document was committed, in milliseconds since 1970. */
  readonly committedAtMs: number;
}

/** A change of the log as one user may see it. */
export interface UserLogRow {
  readonly sequence: number;
  readonly conversationId: string | null;
  /** True when it took the user out of the conversation: then the frame is not theirs to see. */
  readonly removed: boolean;
  readonly late: boolean;
  readonly frame: string;
}

/** What a call of `sequence` did. */
interface Sequenced {
  readonly sequenced: number;
  /** Dropped: a newer version of the same document was in the log. */
  readonly stale: number;
  /** When to call again, in milliseconds; undefined when nothing waits for its time. */
  readonly nextMs: number | undefined;
  /** Conversations of which nobody knows who takes part. */
  readonly unknown: readonly string[];
}

/**
 * The log of changes, in PostgreSQL, shared by all hubs.
 *
 * A change is *kept* first, which makes it safe to settle its message, and *sequenced* a little
 * later: it gets its place, and who may see it is decided by who takes part in the conversation at
 * that place. Within a conversation places follow versions, except of changes that come after a
 * newer one has been sequenced; those are marked late. A change of a document of which a newer one
 * is in the log is dropped. A change is in the log once, however often it is kept.
 *
 * Every method rejects with an `AynaError`: `SqlUnavailable` when the same call may succeed later,
 * `SqlRejected` when the database refuses the data.
 */
export interface RealtimeLog {
  /** Keeps changes. @returns how many were not kept before */
  append(events: readonly LogEvent[]): Promise<number>;
  /** Sequences what was kept longer ago than `windowMs`, and what is older within its stream. */
  sequence(windowMs: number): Promise<Sequenced>;
  /** Drops what has waited for longer than that for somebody to know its conversation. */
  dropUnknown(olderThanMs: number): Promise<number>;
  /** Records who takes part, unless a newer state is known. */
  learn(memberships: readonly Membership[]): Promise<void>;
  /** Who takes part by the newest state that is known; undefined when none is. */
  members(conversationId: string): Promise<readonly string[] | undefined>;
  /** The changes behind a place, in order. */
  readAfter(sequence: number, limit: number): Promise<{ state: LogState; rows: LogRow[] }>;
  /**
   * The changes in (`after`, `upTo`] that a user may see: could see when they happened, and takes
   * part in the conversation still.
   */
  replay(
    userId: string,
    after: number,
    upTo: number,
    limit: number,
  ): Promise<{ state: LogState; rows: UserLogRow[] }>;
  state(): Promise<LogState>;
  /**
   * Says that the subscription is being read. When nobody has said so for longer than `gapMs`,
   * changes may have been lost: a new epoch begins.
   *
   * @returns true when it did
   */
  alive(gapMs: number): Promise<boolean>;
  /** Begins a new epoch, because changes may have been lost. */
  beginAnew(): Promise<void>;
  /** Deletes what is older, and what is more. @returns how many it deleted */
  purge(maxAgeMs: number, maxChanges: number): Promise<number>;
  /**
   * Takes or renews the right to forward the log under a name, for `leaseMs`.
   *
   * @returns up to where it has been forwarded; undefined while another one holds the right
   */
  lease(name: string, holder: string, leaseMs: number): Promise<number | undefined>;
  /** Records how far a holder has forwarded the log. */
  forwarded(name: string, holder: string, sequence: number): Promise<void>;
}
