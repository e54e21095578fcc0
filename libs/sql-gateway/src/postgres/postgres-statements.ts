import type { StoreStatements } from '../store/store-statements.ts';
import { applyChanges } from './apply-changes.ts';
import { entitySql, type EntitySql } from './entity-sql.ts';
import { purgeBatch } from './purge-batch.ts';
import { countRows, readBoundaries, readPage, readRows } from './read-rows.ts';
import { readKnownUsers, readUsers } from './read-users.ts';
import { verifyMirrorSchema } from './verify-mirror-schema.ts';

/** The mirror store in PostgreSQL. */
export const postgresStatements: StoreStatements<EntitySql> = {
  target: entitySql,
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
