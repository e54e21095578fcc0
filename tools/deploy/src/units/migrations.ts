import { AynaError } from '@ayna/contract';
import { startPglite } from '@ayna/emulator-sql';
import { migrate, openDatabase, planMigrations } from '@ayna/sql-gateway';
import { defineUnit } from '../deployment-unit.ts';

const ayna = (...args: string[]) => ({
  program: 'npx',
  args: ['-y', 'pnpm@12', '--silent', 'ayna', ...args],
});

/** Tables and procedures of the mirror, before the programs that use them. */
export const migrations = defineUnit({
  name: 'migrations',
  project: '@ayna/sql',
  what: 'the database has the tables and procedures of this version',
  settings: {},
  secrets: ['DATABASE_URL', 'SQL_ACCESS_TOKEN'],
  checks: () => [
    {
      title: 'PostgreSQL: every file runs on an empty database, and then there is nothing to do',
      async run() {
        const server = await startPglite();
        try {
          await using database = openDatabase({ url: server.url });
          const steps = await migrate(database);
          const left = await planMigrations(database);
          if (left.length > 0) {
            throw new AynaError('ArtefactInvalid', `${left[0]?.file.name} would be run again`);
          }
          return steps.map(({ file }) => file.name).join('\n');
        } finally {
          await server.close();
        }
      },
    },
  ],
  commands: () =>
    Promise.resolve([
      { why: 'what will be run on the database is shown', ...ayna('migrations', 'plan') },
      { why: 'it is run, each file in a transaction', ...ayna('migrations', 'apply') },
    ]),
});
