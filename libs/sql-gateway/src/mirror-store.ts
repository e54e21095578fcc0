import type { Context } from '@opentelemetry/api';
import type { Columns, Entity, MirrorChange, Outcome, SourceVersion } from '@ayna/contract';

/** A row of a mirror table. */
export interface MirrorRow {
  /** The identity fields, in the order of `entity.key`. */
  readonly key: Readonly<Record<string, string>>;
  /** The mirrored fields as `projectDocument` gives them; null for a tombstone. */
  readonly columns: Columns | null;
  readonly sourceVersion: SourceVersion;
  readonly eventId: string;
  readonly syncSource: string | null;
  readonly retryCount: number | null;
  /** RFC 3339 with microseconds: the time of the version that deleted it; null for a live row. */
  readonly deletedAt: string | null;
  /** RFC 3339 with microseconds: when the row was written, by the clock of the database. */
  readonly mirroredAt: string;
}

export interface ScanOptions {
  /** Only rows behind this key, itself left out. @defaultValue from the first row */
  readonly after?: Readonly<Record<string, string>>;
  /** Only rows up to this key, itself included. @defaultValue to the last row */
  readonly upTo?: Readonly<Record<string, string>>;
  /** Rows fetched at once. @defaultValue 500 */
  readonly pageSize?: number;
  /** @defaultValue false */
  readonly includeTombstones?: boolean;
}

export interface UsersOptions {
  /** Only ids behind this one, itself left out. @defaultValue from the first id */
  readonly after?: string;
  /** Ids in a page at most. Each page reads the table once, so take large ones. */
  readonly limit: number;
}

export interface CountOptions {
  /** @defaultValue false */
  readonly includeTombstones?: boolean;
}

/**
 * Where mirror rows are kept.
 *
 * Order does not matter: whatever the order, repetition and batching of the same changes, the same
 * rows come out. A row never goes back to an older version; deletions stay as tombstones; of a
 * deletion and a write with one version the deletion wins.
 *
 * The exception is a repair: a change that says which version of the row it `replaces`. As long as
 * the row has that version, it is replaced, whatever the repair's own version is; the newest change
 * of the key in the batch is then what is written. So rows changed by hand can be mended, in any
 * order with other events, as long as the repair carries the newest state of the document. Where it
 * carries an older one, the changes since must come after it; the next check sees to that.
 *
 * Every method rejects with an `AynaError`: `SqlUnavailable` when the same call may succeed later,
 * `SqlSchemaInvalid` or `ConfigInvalid` when somebody has to act first.
 */
export interface MirrorStore extends AsyncDisposable {
  /**
   * Applies changes in one transaction: all of them or none. Changes of several entities, deletions
   * and several changes of one key may stand in any order. Safe to call at the same time from any
   * number of processes.
   *
   * @param contexts the trace that each change belongs to, in the order of the changes: each gets a
   * span of the call that wrote it. Without them, the call is a span of the active trace.
   * @returns what became of each change, in the order of the input
   * @throws AynaError `SqlRejected` when the database refuses the data of at least one of them
   */
  apply(changes: readonly MirrorChange[], contexts?: readonly Context[]): Promise<Outcome[]>;

  /** The row of a key, a tombstone included; undefined when there never was one. */
  read(entity: Entity, key: Readonly<Record<string, string>>): Promise<MirrorRow | undefined>;

  /** The rows of keys, tombstones included, in the order of the keys; read at one moment. */
  readMany(
    entity: Entity,
    keys: readonly Readonly<Record<string, string>>[],
  ): Promise<(MirrorRow | undefined)[]>;

  /** The rows in bytewise order of their keys. Rows written meanwhile may or may not appear. */
  scan(entity: Entity, options?: ScanOptions): AsyncIterable<MirrorRow>;

  /**
   * Keys that cut the table into ranges of `every` rows: each `every`-th key in the order of `scan`,
   * tombstones counted. Empty for a table with fewer rows.
   *
   * @example
   * const cuts = await store.boundaries(dmMessage, 10_000);
   * const ranges = [undefined, ...cuts].map((after, at) => ({ after, upTo: cuts[at] }));
   */
  boundaries(entity: Entity, every: number): Promise<Readonly<Record<string, string>>[]>;

  count(entity: Entity, options?: CountOptions): Promise<number>;

  /**
   * The different ids of Firebase Auth users in the live rows of an entity (`entity.users`), in
   * bytewise order, a page at a time; empty behind the last one.
   */
  users(entity: Entity, options: UsersOptions): Promise<string[]>;

  /**
   * Those of the ids that live rows of an entity hold as ids of Firebase Auth users. Each call reads
   * the table once, so ask for many.
   */
  knownUsers(entity: Entity, ids: readonly string[]): Promise<Set<string>>;

  /**
   * Deletes tombstones that were both deleted at the source and mirrored here before a time, a
   * batch in a transaction of its own. An event older than its tombstone that comes after this
   * brings the row back, so the age must be beyond that of any message. Never deletes a live row;
   * safe beside writers and beside itself. Tombstones that somebody else holds locked stay for the
   * next time.
   *
   * @param limit how many to delete at most. @defaultValue all
   * @returns how many it deleted
   */
  purgeTombstones(entity: Entity, olderThan: Date, limit?: number): Promise<number>;

  /**
   * Checks that every table and procedure is there and may be used.
   *
   * @throws AynaError `SqlSchemaInvalid`, naming the first thing that is missing
   */
  verifySchema(): Promise<void>;

  /** Closes the connections, when the store opened them. Safe to call twice. */
  close(): Promise<void>;
}
