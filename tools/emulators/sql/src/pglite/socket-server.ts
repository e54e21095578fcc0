import type { PGlite } from '@electric-sql/pglite';
import { createServer, type Server } from 'node:net';
import { backendOf } from './backend.ts';
import { Connection, type ConnectionContext } from './connection.ts';

/** A server that speaks the PostgreSQL protocol for one PGlite. */
export interface PgliteServer {
  readonly port: number;
  /** Disconnects every client, rolling back what is open, and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves PGlite to any number of connections, of any number of processes.
 *
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function servePglite(db: PGlite, port: number, host: string): Promise<PgliteServer> {
  const connections = new Set<Connection>();
  const context: ConnectionContext = {
    backend: backendOf(db),
    notify: (notifications) => {
      for (const connection of connections) connection.deliver(notifications);
    },
    failed: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
  };
  let number = 0;
  const server = createServer((socket) => {
    number += 1;
    const connection = new Connection(number, socket, context);
    connections.add(connection);
    void connection.closed.then(() => connections.delete(connection));
  });
  const listening = await listen(server, port, host);
  return {
    port: listening,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.disconnect();
      await Promise.all([closed, ...[...connections].map((connection) => connection.closed)]);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
