import { postgresDirectory } from '@ayna/sql';
import { startPglite } from '@ayna/emulator-sql';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, openDatabase } from '../src/index.ts';
import { postgresDatabase } from './postgres-database.ts';
import { dumpSchema } from './schema-dump.ts';

const DUMP = join(postgresDirectory, 'schema.sql');
const REMEDY =
  'the schema is another than sql/postgres/schema.sql says: run `pnpm --filter @ayna/sql-gateway exec vitest run schema-dump --update` and commit it';

test.each([
  ['PGlite', startPglite],
  ['PostgreSQL', postgresDatabase],
])('the migrations make the schema that is committed, on %s', async (_, start) => {
  await using server = await start();
  await using database = openDatabase({ url: server.url });
  await migrate(database);
  await expect(await dumpSchema(database.kysely), REMEDY).toMatchFileSnapshot(DUMP);
});
