/**
 * The second half of `pnpm entities`: brings the SQL to what the entities say, after one was added
 * or changed. Run again, it writes nothing new.
 */
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entities } from '@ayna/contract';
import { missingMigrations, sqlDialects, writeMigration, writeProcedures } from '@ayna/sqlgen';

const root = fileURLToPath(new URL('../../../', import.meta.url));

for (const dialect of sqlDialects) {
  for (const entity of await missingMigrations(entities, dialect)) {
    const path = await writeMigration(entity, dialect);
    console.log(`new, and yours to read: ${relative(root, path)}`);
  }
  const { length } = await writeProcedures(entities, dialect);
  console.log(`${length} procedures in ${relative(root, dialect.directory)}/procedures`);
}

/** Renews a dump of the schema, as its test compares it. */
function dump(test: string): void {
  const { status, stdout } = spawnSync('vitest', ['run', test, '--update'], {
    cwd: `${root}libs/sql-gateway`,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(stdout);
  process.exit(1);
}

dump('schema-dump');
console.log('sql/postgres/schema.sql shows what the migrations make');
if (process.env.SQLSERVER_URL === undefined) {
  console.log('sql/sqlserver/schema.sql is as it was: that takes a SQL Server in SQLSERVER_URL');
} else {
  dump('sql-server');
  console.log('sql/sqlserver/schema.sql shows what the migrations make');
}
