import { AynaError } from '@ayna/contract';
import { Kysely } from 'kysely';
import type { config } from 'mssql';
import type { Database, DatabaseOptions } from '../database.ts';
import { sqlServerSettings, targetOf, type SqlServerSettings } from './connection-settings.ts';
import type { HeldConnection } from './held-connection.ts';
import { kyselyMssqlDialect } from './kysely-mssql-dialect.ts';
import type { SqlServerPool } from './sql-server-pool.ts';
import { tdsAuthentication } from './tds-authentication.ts';

const DEFAULT_POOL_SIZE = 10;
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
/**
 * How long the server may take to acknowledge that it has cancelled a statement. After that its
 * connection is closed, so that none with a statement on it goes back to the pool.
 */
const SILENCE_MARGIN_MS = 2_000;

/**
 * Opens SQL Server or Azure SQL, or whatever speaks their protocol. The driver, which takes its time
 * to load, is loaded when it is first used.
 *
 * @throws AynaError `ConfigInvalid` for a URL that cannot be used; the message never holds it
 */
export function openSqlServer(options: DatabaseOptions): Database {
  const settings = sqlServerSettings(options.url);
  if (settings.login.by === 'nobody' && options.accessToken === undefined) {
    throw new AynaError(
      'ConfigInvalid',
      'the database URL says nobody who logs in: expected a user, authentication=ActiveDirectoryManagedIdentity or =ActiveDirectoryDefault, or an access token',
    );
  }
  let opening: Promise<OpenPool> | undefined;
  const open = (): Promise<OpenPool> => (opening ??= openPool(settings, options));
  const kysely = new Kysely<unknown>({
    dialect: kyselyMssqlDialect(async () => (await open()).acquire()),
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= kysely.destroy().then(async () => (await opening)?.pool.close()));
  const target = targetOf(settings);
  return { dialect: 'sqlserver', kysely, target, close, [Symbol.asyncDispose]: close };
}

interface OpenPool {
  readonly pool: SqlServerPool;
  acquire(): Promise<HeldConnection>;
}

async function openPool(settings: SqlServerSettings, options: DatabaseOptions): Promise<OpenPool> {
  const [{ sqlServerPool }, { HeldConnection }] = await Promise.all([
    import('./sql-server-pool.ts'),
    import('./held-connection.ts'),
  ]);
  const pool = sqlServerPool(driverConfig(settings, options));
  return { pool, acquire: () => HeldConnection.acquire(pool) };
}

function driverConfig(
  settings: SqlServerSettings,
  {
    poolSize = DEFAULT_POOL_SIZE,
    statementTimeoutMs = DEFAULT_STATEMENT_TIMEOUT_MS,
    applicationName = settings.applicationName ?? 'ayna',
    connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS,
    accessToken,
  }: DatabaseOptions,
): config {
  const { server, port, instanceName, database } = settings;
  return {
    server,
    ...(port === undefined ? {} : { port }),
    ...(database === undefined ? {} : { database }),
    authentication: tdsAuthentication(settings.login, accessToken),
    connectionTimeout: connectTimeoutMs,
    requestTimeout: statementTimeoutMs,
    // A connection that broke is seen by its socket; asking the server each time would cost a turn.
    validateConnection: 'socket',
    pool: { max: poolSize, min: 0, acquireTimeoutMillis: connectTimeoutMs },
    options: {
      appName: applicationName,
      ...(instanceName === undefined ? {} : { instanceName }),
      cancelTimeout: SILENCE_MARGIN_MS,
      // SQL Server's own word for it; `strict` is TDS 8.
      encrypt: settings.encrypt as boolean,
      ...(settings.hostNameInCertificate === undefined
        ? {}
        : { serverName: settings.hostNameInCertificate }),
      // The work is repeated by those who ask for it, and they say so.
      maxRetriesOnTransientErrors: 0,
      multiSubnetFailover: settings.multiSubnetFailover,
      readOnlyIntent: settings.readOnlyIntent,
      trustServerCertificate: settings.trustServerCertificate,
      useUTC: true,
    },
  };
}
