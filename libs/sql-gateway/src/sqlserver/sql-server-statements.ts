import type { StoreStatements } from '../store/store-statements.ts';
import { applyChanges } from './apply-changes.ts';
import { sqlServerTarget, type SqlServerTarget } from './entity-target.ts';
import { purgeBatch } from './purge-batch.ts';
import { countRows, readBoundaries, readPage, readRows } from './read-rows.ts';
import { readKnownUsers, readUsers } from './read-users.ts';
import { verifyMirrorSchema } from './verify-mirror-schema.ts';

/** The mirror store in SQL Server and Azure SQL. */
export const sqlServerStatements: StoreStatements<SqlServerTarget> = {
  target: sqlServerTarget,
  applyChanges,
  readRows,
  readPage,
  readBoundaries,
  countRows,
  readUsers,
  readKnownUsers,
  purgeBatch,
  verifyMirrorSchema,
};
