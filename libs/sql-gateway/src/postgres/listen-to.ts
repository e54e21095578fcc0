import pg from 'pg';

export interface ListenOptions {
  /** `postgres://` or `postgresql://`. The connection is used for nothing else. */
  readonly url: string;
  readonly channel: string;
  /** Called at each notification, and whenever the connection is there again. */
  readonly wake: () => void;
  /** The pause before a lost connection is made again, in milliseconds. @defaultValue 1,000 */
  readonly retryMs?: number;
}

/** A connection that hears notifications. */
export interface Listening {
  /** True while it is there. Without it, nothing is heard: look for yourself now and then. */
  readonly attached: boolean;
  /** Never rejects. Safe to call twice. */
  close(): Promise<void>;
}

const DEFAULT_RETRY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Listens for the notifications of PostgreSQL on a channel, over a connection of its own, for as
 * long as it takes: one that is lost is made again. Never rejects.
 */
export function listenTo({
  url,
  channel,
  wake,
  retryMs = DEFAULT_RETRY_MS,
}: ListenOptions): Listening {
  let client: pg.Client | undefined;
  let attached = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const lost = (gone: pg.Client) => {
    if (client !== gone) return;
    client = undefined;
    attached = false;
    gone.end().catch(() => undefined);
    if (!closed) retry = setTimeout(connect, retryMs);
  };

  const connect = (): void => {
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: 'ayna listening',
    });
    client = next;
    next.on('notification', wake);
    next.on('error', () => {
      lost(next);
    });
    next.on('end', () => {
      lost(next);
    });
    next
      .connect()
      .then(() => next.query(`LISTEN ${pg.escapeIdentifier(channel)}`))
      .then(() => {
        attached = true;
        wake();
      })
      .catch(() => {
        lost(next);
      });
  };

  connect();
  return {
    get attached() {
      return attached;
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      const current = client;
      client = undefined;
      attached = false;
      await current?.end().catch(() => undefined);
    },
  };
}
