/** The URL of a server on which tests may make databases; undefined where none is at hand. */
export function sqlServerUrl(): string | undefined {
  const { SQLSERVER_URL: own, DATABASE_URL: given } = process.env;
  return own ?? (given !== undefined && /^(mssql|sqlserver):/.test(given) ? given : undefined);
}

/** Names the variable that lets the tests of SQL Server run, for the title of a skipped one. */
export const NO_SQL_SERVER =
  'NOT COVERED: no SQL Server at hand. Set SQLSERVER_URL=mssql://USER:PASSWORD@HOST:PORT/master';
