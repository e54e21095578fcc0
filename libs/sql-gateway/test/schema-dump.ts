import type { Kysely } from 'kysely';
import { runSql } from '../src/run-sql.ts';

const HEADER = `-- What the migrations and procedures make, read from the catalogs of PostgreSQL.
-- Committed so that a change to the schema is seen in review; a test compares it. Do not edit: run
--   pnpm --filter @ayna/sql-gateway exec vitest run schema-dump --update
`;

const TABLES = `
  SELECT c.oid::regclass::text AS name, obj_description(c.oid) AS comment,
    (
      SELECT string_agg(format('  %s %s%s%s%s', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
        CASE WHEN l.collname IS NOT NULL AND l.collname <> 'default' THEN format(' COLLATE %I', l.collname) ELSE '' END,
        CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
        coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')), E',\n' ORDER BY a.attnum)
      FROM pg_attribute a
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_collation l ON l.oid = a.attcollation
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS columns,
    (
      SELECT coalesce(string_agg(E',\n  ' || format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname COLLATE "C"), '')
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'
    ) AS constraints
  FROM pg_class c
  WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
  ORDER BY c.relname COLLATE "C"`;

const INDEXES = `
  SELECT pg_get_indexdef(i.indexrelid) AS text
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
  ORDER BY c.relname COLLATE "C"`;

const FUNCTIONS = `
  SELECT format('FUNCTION %s RETURNS %s LANGUAGE %s %s', p.oid::regprocedure, pg_get_function_result(p.oid), l.lanname,
    CASE WHEN p.prosecdef THEN 'SECURITY DEFINER' ELSE 'SECURITY INVOKER' END) AS text
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
  WHERE p.pronamespace = current_schema()::regnamespace
  ORDER BY p.proname COLLATE "C"`;

interface TableText {
  readonly name: string;
  readonly comment: string | null;
  readonly columns: string;
  readonly constraints: string;
}

/** Describes the tables, indexes and functions of the current schema; the same on every server. */
export async function dumpSchema(kysely: Kysely<unknown>): Promise<string> {
  const tables = await runSql<TableText>(kysely, TABLES);
  const indexes = await runSql<{ readonly text: string }>(kysely, INDEXES);
  const functions = await runSql<{ readonly text: string }>(kysely, FUNCTIONS);
  return [
    HEADER,
    ...tables.map(({ name, comment, columns, constraints }) =>
      [
        comment === null ? '' : `-- ${comment}\n`,
        `CREATE TABLE ${name} (\n${columns}${constraints}\n);\n`,
      ].join(''),
    ),
    `${indexes.map(({ text }) => `${text.replaceAll('public.', '')};`).join('\n')}\n`,
    `${functions.map(({ text }) => `-- ${text.replaceAll('public.', '')}`).join('\n')}\n`,
  ].join('\n');
}
