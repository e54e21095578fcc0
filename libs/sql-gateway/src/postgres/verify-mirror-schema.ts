import { AynaError, mirrorColumns, snakeCase } from '@ayna/contract';
import type { Kysely } from 'kysely';
import { runSql } from '../run-sql.ts';
import type { EntitySql } from './entity-sql.ts';

interface TableState {
  readonly relation: string | null;
  readonly columns: readonly string[] | null;
  readonly writable: boolean | null;
}

interface ProcedureState {
  readonly procedure: string | null;
  readonly executable: boolean | null;
}

/** @throws AynaError `SqlSchemaInvalid`, naming the first thing that is missing */
export async function verifyMirrorSchema(
  kysely: Kysely<unknown>,
  targets: readonly EntitySql[],
): Promise<void> {
  for (const target of targets) {
    await verifyTable(kysely, target);
    await verifyProcedure(kysely, target, target.upsert, 'jsonb');
    await verifyProcedure(kysely, target, target.delete, 'jsonb');
    await verifyProcedure(kysely, target, target.purge, 'timestamptz, integer');
  }
}

async function verifyTable(kysely: Kysely<unknown>, { entity, table }: EntitySql): Promise<void> {
  const [state] = await runSql<TableState>(kysely, TABLE_STATE, [table]);
  if (state?.relation == null) throw invalid(`${entity.name}: there is no table ${table}`);
  const wanted = [...entity.key, ...Object.keys(entity.fields), ...mirrorColumns].map(snakeCase);
  const missing = wanted.find((column) => !state.columns?.includes(column));
  if (missing !== undefined) throw invalid(`${entity.name}: ${table} has no column "${missing}"`);
  if (state.writable !== true) {
    throw invalid(`${entity.name}: no right to read and write ${table}`);
  }
}

async function verifyProcedure(
  kysely: Kysely<unknown>,
  { entity }: EntitySql,
  procedure: string,
  parameters: string,
): Promise<void> {
  const signature = `${procedure}(${parameters})`;
  const [state] = await runSql<ProcedureState>(kysely, PROCEDURE_STATE, [signature]);
  if (state?.procedure == null) {
    throw invalid(`${entity.name}: there is no procedure ${signature}`);
  }
  if (state.executable !== true) throw invalid(`${entity.name}: no right to call ${procedure}`);
}

const TABLE_STATE = `
  SELECT
    to_regclass($1)::text AS relation,
    (
      SELECT array_agg(attname::text) FROM pg_catalog.pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
    ) AS columns,
    has_table_privilege(to_regclass($1), 'SELECT')
      AND has_table_privilege(to_regclass($1), 'INSERT')
      AND has_table_privilege(to_regclass($1), 'UPDATE') AS writable`;

const PROCEDURE_STATE = `
  SELECT
    to_regprocedure($1)::text AS procedure,
    has_function_privilege(to_regprocedure($1), 'EXECUTE') AS executable`;

function invalid(message: string): AynaError {
  return new AynaError('SqlSchemaInvalid', message);
}
