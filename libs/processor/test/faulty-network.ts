import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server on which connections break and bytes vanish. */
export interface FaultyNetwork extends AsyncDisposable {
  readonly port: number;
  /** Connections that were ever made. */
  readonly connections: number;
  /** Breaks the connections there are. */
  cut(): void;
  /** From now on nothing passes on the connections there are, and they stay open. */
  silence(): void;
}

export async function faultyNetwork(target: number): Promise<FaultyNetwork> {
  const open = new Set<{ readonly sockets: readonly Socket[]; silent: boolean }>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(target, '127.0.0.1');
    const connection = { sockets: [near, far], silent: false };
    open.add(connection);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (data) => {
        if (!connection.silent) to.write(data);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (!connection.silent) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const { sockets } of open) for (const socket of sockets) socket.destroy();
    open.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cut,
    silence() {
      for (const connection of open) connection.silent = true;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
