import { AynaError } from '@ayna/contract';
import type { Database, DatabaseOptions } from './database.ts';
import { openPostgres } from './postgres/open-postgres.ts';
import { openSqlServer } from './sqlserver/open-sql-server.ts';

/** How the connection strings of .NET begin, in whatever order their parts come. */
const CONNECTION_STRING = /(^|;)\s*(server|data source|addr|address|network address)\s*=/i;

/**
 * Opens a database. It does not connect yet, so that a program can start while its database is
 * away; the first statement does.
 *
 * @throws AynaError `ConfigInvalid` for a URL that cannot be used; the message never holds it
 *
 * @example
 * await using database = openDatabase({ url: 'postgresql://ayna:secret@localhost:5432/ayna' });
 */
export function openDatabase(options: DatabaseOptions): Database {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(options.url)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') return openPostgres(options);
  if (scheme === 'mssql' || scheme === 'sqlserver') return openSqlServer(options);
  if (CONNECTION_STRING.test(options.url)) return openSqlServer(options);
  throw new AynaError(
    'ConfigInvalid',
    scheme === undefined
      ? 'the database URL has no scheme: expected postgresql://user:password@host:port/database or mssql://user:password@host:port/database'
      : `the database URL has the scheme "${scheme}": expected postgresql:// or mssql://`,
  );
}
