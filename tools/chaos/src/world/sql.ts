import { AynaError } from '@ayna/contract';
import { startPostgres, type PostgresStop } from '@ayna/emulator-sql';
import { migrate, openDatabase } from '@ayna/sql-gateway';
import { openTcpProxy, type TcpProxy } from '../network/tcp-proxy.ts';
import { outageTimer } from './outage-timer.ts';

/** How SQL goes away: a server of somebody else is not ours to stop. */
export type SqlOutages = 'the server stops' | 'connections are cut and refused';

/** The SQL server that the mirror writes to, behind a proxy. */
export interface SqlServer extends AsyncDisposable {
  /** Its own address, with no proxy in between. */
  readonly url: URL;
  /** The way to it that `proxiedUrl` names. */
  readonly link: TcpProxy;
  readonly proxiedUrl: string;
  readonly outages: SqlOutages;
  /** Takes it away; `how` is for a server that really stops. */
  stop(how: PostgresStop): Promise<void>;
  start(): Promise<void>;
  outageSeconds(): number;
}

/** Where outages come from. */
interface Switch {
  readonly outages: SqlOutages;
  off(how: PostgresStop): Promise<void> | void;
  on(): Promise<void> | void;
}

const POSTGRES_PORT = '5432';
const SQL_SERVER_PORT = '1433';

/**
 * Starts a PostgreSQL that keeps what it has committed, or takes the server that `given` names.
 *
 * @throws AynaError `ConfigInvalid` when `given` is a connection string in another form than a URL
 */
export async function openSqlServer(given: string | undefined): Promise<SqlServer> {
  await using stack = new AsyncDisposableStack();
  const own = given === undefined ? await startPostgres({ durable: true }) : undefined;
  if (own) stack.use(own);
  const url = addressOf(own?.url ?? given ?? '');
  await using database = openDatabase({ url: url.href, poolSize: 1 });
  await migrate(database);
  const link = stack.use(await openTcpProxy({ host: url.hostname, port: Number(url.port) }));
  const { outages, ...power }: Switch = own
    ? { outages: 'the server stops', off: (how) => own.stop(how), on: () => own.start() }
    : {
        outages: 'connections are cut and refused',
        off: () => link.refuse(),
        on: () => link.admit(),
      };
  const timer = outageTimer();
  let away = false;
  const opened = stack.move();
  return {
    url,
    link,
    proxiedUrl: proxied(url, link.port),
    outages,
    stop: async (how) => {
      if (away) return;
      away = true;
      timer.begin();
      await power.off(how);
    },
    start: async () => {
      if (!away) return;
      await power.on();
      away = false;
      timer.end();
    },
    outageSeconds: () => timer.seconds(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function addressOf(text: string): URL {
  if (!URL.canParse(text)) {
    throw new AynaError(
      'ConfigInvalid',
      'DATABASE_URL has no address that a proxy could stand before: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE or mssql://USER:PASSWORD@HOST:PORT/DATABASE',
    );
  }
  const url = new URL(text);
  if (url.port === '') url.port = isSqlServer(url) ? SQL_SERVER_PORT : POSTGRES_PORT;
  return url;
}

function proxied(url: URL, port: number): string {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  // The certificate is that of the server behind the proxy.
  if (isSqlServer(url) && !through.searchParams.has('hostNameInCertificate')) {
    through.searchParams.set('hostNameInCertificate', url.hostname);
  }
  return through.href;
}

function isSqlServer({ protocol }: URL): boolean {
  return protocol === 'mssql:' || protocol === 'sqlserver:';
}
