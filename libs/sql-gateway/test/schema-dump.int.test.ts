import { entities } from '@ayna/contract';
import { postgresDirectory } from '@ayna/sql';
import { postgresDialect } from '@ayna/sqlgen';
import { startPglite } from '@ayna/emulator-sql';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, openDatabase } from '../src/index.ts';
import { runSql } from '../src/run-sql.ts';
import { postgresDatabase } from './postgres-database.ts';
import { dumpSchema } from './schema-dump.ts';

const DUMP = join(postgresDirectory, 'schema.sql');
const REMEDY =
  'the schema is another than sql/postgres/schema.sql says: run `pnpm --filter @ayna/sql-gateway exec vitest run schema-dump --update` and commit it';

/** The columns of a table in the short words that the contract's SQL uses. */
const COLUMNS = `
  SELECT attname::text AS name,
    replace(replace(format_type(atttypid, atttypmod), 'timestamp with time zone', 'timestamptz'),
      'character varying', 'varchar') || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END AS type
  FROM pg_catalog.pg_attribute
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
  ORDER BY attnum`;

test.each([
  ['PGlite', startPglite],
  ['PostgreSQL', postgresDatabase],
])('the migrations make the schema that is committed, on %s', async (_, start) => {
  await using server = await start();
  await using database = openDatabase({ url: server.url });
  await migrate(database);
  await expect(await dumpSchema(database.kysely), REMEDY).toMatchFileSnapshot(DUMP);
  for (const entity of entities) {
    const { table } = postgresDialect.names(entity);
    const wanted = postgresDialect.columns(entity).map(({ name, type }) => ({
      name: name.replaceAll('"', ''),
      type: type.replace(/ COLLATE \S+/, '').replace(/ CHECK .*/, ''),
    }));
    expect(
      await runSql(database.kysely, COLUMNS, [table]),
      `the migrations do not make ${table} as the contract says it: run \`pnpm sqlgen migration ${entity.name}\``,
    ).toEqual(wanted);
  }
});
