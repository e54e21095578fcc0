import { startPostgres, type PostgresStop } from '@ayna/emulator-sql';
import { migrate, openDatabase } from '@ayna/sql-gateway';
import { outageTimer } from './outage-timer.ts';

/** The SQL server that the mirror writes to. */
export interface SqlServer extends AsyncDisposable {
  /** Its own address, with no proxy in between. */
  readonly url: URL;
  /** False for a server of somebody else, which is not ours to stop: then `stop` does nothing. */
  readonly stoppable: boolean;
  stop(how: PostgresStop): Promise<void>;
  start(): Promise<void>;
  outageSeconds(): number;
}

const POSTGRES_PORT = 5432;

/** Starts a PostgreSQL that keeps what it has committed, or takes the one that `url` names. */
export async function openSqlServer(url: string | undefined): Promise<SqlServer> {
  const server = url === undefined ? await ownServer() : foreignServer(new URL(url));
  await using database = openDatabase({ url: server.url.href, poolSize: 1 });
  await migrate(database);
  return server;
}

async function ownServer(): Promise<SqlServer> {
  const server = await startPostgres({ durable: true });
  const outages = outageTimer();
  let away = false;
  return {
    url: new URL(server.url),
    stoppable: true,
    stop: async (how) => {
      if (away) return;
      away = true;
      outages.begin();
      await server.stop(how);
    },
    start: async () => {
      if (!away) return;
      await server.start();
      away = false;
      outages.end();
    },
    outageSeconds: () => outages.seconds(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function foreignServer(url: URL): SqlServer {
  if (url.port === '') url.port = String(POSTGRES_PORT);
  return {
    url,
    stoppable: false,
    stop: () => Promise.resolve(),
    start: () => Promise.resolve(),
    outageSeconds: () => 0,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
