import { AynaError, mirrorColumns, pascalCase } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import { keyBytesColumn, quote, type SqlServerTarget } from './entity-target.ts';

/** @throws AynaError `SqlSchemaInvalid`, naming the first thing that is missing */
export async function verifyMirrorSchema(
  kysely: Kysely<unknown>,
  targets: readonly SqlServerTarget[],
): Promise<void> {
  for (const target of targets) {
    await verifyTable(kysely, target);
    await verifyProcedure(kysely, target, target.upsert);
    await verifyProcedure(kysely, target, target.delete);
    await verifyProcedure(kysely, target, target.purge);
  }
}

async function verifyTable(
  kysely: Kysely<unknown>,
  { entity, table }: SqlServerTarget,
): Promise<void> {
  const [state] = await runSql<{ readonly id: number | null; readonly readable: number | null }>(
    kysely,
    "SELECT OBJECT_ID(@1, N'U') AS id, HAS_PERMS_BY_NAME(@1, N'OBJECT', N'SELECT') AS readable",
    [table],
  );
  // A table that one has no right to at all does not show itself.
  if (state?.id == null)
    throw invalid(`${entity.name}: there is no table ${table}, or no right to it`);
  if (state.readable !== 1) throw invalid(`${entity.name}: no right to read ${table}`);
  const columns = await runSql<{ readonly name: string }>(
    kysely,
    'SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(@1)',
    [table],
  );
  const there = new Set(columns.map(({ name }) => name.toLowerCase()));
  const wanted = [
    ...[...entity.key, ...Object.keys(entity.fields), ...mirrorColumns].map(pascalCase),
    ...entity.key.map(keyBytesColumn),
  ];
  const missing = wanted.find((column) => !there.has(column.toLowerCase()));
  if (missing !== undefined) {
    throw invalid(`${entity.name}: ${table} has no column ${quote(missing)}`);
  }
}

async function verifyProcedure(
  kysely: Kysely<unknown>,
  { entity }: SqlServerTarget,
  procedure: string,
): Promise<void> {
  const [state] = await runSql<{ readonly id: number | null; readonly callable: number | null }>(
    kysely,
    "SELECT OBJECT_ID(@1, N'P') AS id, HAS_PERMS_BY_NAME(@1, N'OBJECT', N'EXECUTE') AS callable",
    [procedure],
  );
  if (state?.id == null) {
    throw invalid(`${entity.name}: there is no procedure ${procedure}, or no right to it`);
  }
  if (state.callable !== 1) throw invalid(`${entity.name}: no right to call ${procedure}`);
}

function invalid(message: string): AynaError {
  return new AynaError('SqlSchemaInvalid', message);
}
