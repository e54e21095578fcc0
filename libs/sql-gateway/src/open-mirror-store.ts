import type { Entity } from '@ayna/contract';
import type { Database, DatabaseOptions } from './database.ts';
import { openDatabase } from './open-database.ts';
import type { MirrorStore } from './mirror-store.ts';
import type { ProcedureNames } from './procedure-names.ts';
import { postgresStatements } from './postgres/postgres-statements.ts';
import { sqlServerStatements } from './sqlserver/sql-server-statements.ts';
import { mirrorStoreOf } from './store/mirror-store-of.ts';

export interface MirrorStoreOptions {
  /** An open database, which stays open when the store is closed, or the URL of one. */
  readonly database: Database | string;
  /** For a URL: as in `DatabaseOptions`. */
  readonly accessToken?: DatabaseOptions['accessToken'];
  readonly entities: readonly Entity[];
  /**
   * What `SQL_PROC_*` say: `{ 'dm.message': { upsert: 'mirror.upsert_message' } }`, with or without
   * a schema. Such a procedure takes and returns what the generated one does.
   */
  readonly procedureNames?: ProcedureNames;
}

/**
 * Opens the mirror store. It does not connect yet; `verifySchema` does.
 *
 * @throws AynaError `ConfigInvalid` for a URL or a procedure name that cannot be used
 *
 * @example
 * await using store = openMirrorStore({ database: process.env.DATABASE_URL, entities });
 * const outcomes = await store.apply(changes);
 */
export function openMirrorStore({
  database,
  accessToken,
  entities,
  procedureNames = {},
}: MirrorStoreOptions): MirrorStore {
  const token = accessToken === undefined ? {} : { accessToken };
  const opened =
    typeof database === 'string' ? openDatabase({ url: database, ...token }) : database;
  const close = async (): Promise<void> => {
    if (typeof database === 'string') await opened.close();
  };
  const store =
    opened.dialect === 'sqlserver'
      ? mirrorStoreOf(sqlServerStatements, opened, entities, procedureNames)
      : mirrorStoreOf(postgresStatements, opened, entities, procedureNames);
  return { ...store, close, [Symbol.asyncDispose]: close };
}
