import type { Entity, MirrorChange, Outcome } from '@ayna/contract';
import type { Kysely } from 'kysely';
import type { MirrorRow, ScanOptions, UsersOptions } from '../mirror-store.ts';
import type { ProcedureNames } from '../procedure-names.ts';
import type { EntityTarget } from './batches.ts';

type Key = Readonly<Record<string, string>>;

/**
 * How one dialect says what a mirror store does; see `MirrorStore` for what each promises. All of
 * them reject with the error of the driver.
 */
export interface StoreStatements<Target extends EntityTarget> {
  /** @throws AynaError `ConfigInvalid` when a procedure name is none */
  readonly target: (entity: Entity, procedureNames: ProcedureNames) => Target;
  readonly applyChanges: (
    kysely: Kysely<unknown>,
    targets: ReadonlyMap<string, Target>,
    changes: readonly MirrorChange[],
  ) => Promise<Outcome[]>;
  readonly readRows: (
    kysely: Kysely<unknown>,
    target: Target,
    keys: readonly Key[],
  ) => Promise<(MirrorRow | undefined)[]>;
  readonly readPage: (
    kysely: Kysely<unknown>,
    target: Target,
    options: ScanOptions,
  ) => Promise<MirrorRow[]>;
  readonly readBoundaries: (
    kysely: Kysely<unknown>,
    target: Target,
    every: number,
  ) => Promise<Key[]>;
  readonly countRows: (
    kysely: Kysely<unknown>,
    target: Target,
    includeTombstones: boolean,
  ) => Promise<number>;
  readonly readUsers: (
    kysely: Kysely<unknown>,
    target: Target,
    options: UsersOptions,
  ) => Promise<string[]>;
  readonly readKnownUsers: (
    kysely: Kysely<unknown>,
    target: Target,
    ids: readonly string[],
  ) => Promise<Set<string>>;
  /** Deletes at most `limit` tombstones in one transaction, and says how many. */
  readonly purgeBatch: (
    kysely: Kysely<unknown>,
    target: Target,
    olderThan: Date,
    limit: number,
  ) => Promise<number>;
  readonly verifyMirrorSchema: (
    kysely: Kysely<unknown>,
    targets: readonly Target[],
  ) => Promise<void>;
}
