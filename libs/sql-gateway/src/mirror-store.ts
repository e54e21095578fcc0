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
  /** Only rows behind this key. @defaultValue from the first row */
  readonly after?: Readonly<Record<string, string>>;
  /** Rows fetched at once. @defaultValue 500 */
  readonly pageSize?: number;
  /** @defaultValue false */
  readonly includeTombstones?: boolean;
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
 * Every method rejects with an `AynaError`: `SqlUnavailable` when the same call may succeed later,
 * `SqlSchemaInvalid` or `ConfigInvalid` when somebody has to act first.
 */
export interface MirrorStore extends AsyncDisposable {
  /**
   * Applies changes in one transaction: all of them or none. Changes of several entities, deletions
   * and several changes of one key may stand in any order. Safe to call at the same time from any
   * number of processes.
   *
   * @returns what became of each change, in the order of the input
   * @throws AynaError `SqlRejected` when the database refuses the data of at least one of them
   */
  apply(changes: readonly MirrorChange[]): Promise<Outcome[]>;

  /** The row of a key, a tombstone included; undefined when there never was one. */
  read(entity: Entity, key: Readonly<Record<string, string>>): Promise<MirrorRow | undefined>;

  /** The rows in bytewise order of their keys. Rows written meanwhile may or may not appear. */
  scan(entity: Entity, options?: ScanOptions): AsyncIterable<MirrorRow>;

  count(entity: Entity, options?: CountOptions): Promise<number>;

  /**
   * Checks that every table and procedure is there and may be used.
   *
   * @throws AynaError `SqlSchemaInvalid`, naming the first thing that is missing
   */
  verifySchema(): Promise<void>;

  /** Closes the connections, when the store opened them. Safe to call twice. */
  close(): Promise<void>;
}
