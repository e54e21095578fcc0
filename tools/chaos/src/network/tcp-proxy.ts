import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Which way bytes go: from the client to the server, back, or both. */
type Direction = 'toServer' | 'toClient' | 'both';

/** How slow a connection is. */
interface Slowness {
  /** What each piece of data waits. */
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
}

/**
 * A way to a server on which the network can go wrong. Everything but `silence` concerns the
 * connections there are and those to come, until it is made good.
 */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Cuts every connection with a TCP reset; returns how many. New ones work. */
  reset(): number;
  /** Bytes wait in this direction; connections stay open, and what waited arrives after `heal`. */
  stall(direction: Direction): void;
  /**
   * The connections there are lose every byte in this direction from now on, ends included, and are
   * never closed: their peers have to notice by themselves. New ones work. Returns how many.
   */
  silence(direction: Direction): number;
  slow(slowness: Slowness): void;
  heal(): void;
  /** Cuts every connection and every one that is made from now on, until `admit`; `heal` does not end it. */
  refuse(): void;
  admit(): void;
  close(): Promise<void>;
}

/** A connection through the proxy. */
interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  silenced: Direction | undefined;
}

const covers = (direction: Direction | undefined, way: Direction) =>
  direction === way || direction === 'both';

/**
 * Opens a proxy on a free port of the loopback.
 *
 * @param target where connections go; one that cannot be made is answered with a reset
 */
export async function openTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  let stalled: Direction | undefined;
  let slowness: Slowness | undefined;
  let refusing = false;
  let healed = Promise.withResolvers<undefined>();

  const carry = async (connection: Connection, from: Socket, to: Socket, way: Direction) => {
    const lost = () => covers(connection.silenced, way);
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      const data = chunk as Buffer;
      while (covers(stalled, way)) await healed.promise;
      if (slowness) {
        const { latencyMs, bytesPerSecond } = slowness;
        const pauseMs = latencyMs + (data.length / bytesPerSecond) * 1_000;
        await Promise.race([delay(pauseMs), healed.promise]);
      }
      if (!lost() && !to.write(data)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
    while (covers(stalled, way)) await healed.promise;
    if (!lost()) to.end();
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    if (refusing) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...target, allowHalfOpen: true, noDelay: true });
    const connection: Connection = { near, far, silenced: undefined };
    connections.add(connection);
    for (const [from, to, way] of [
      [near, far, 'toServer'],
      [far, near, 'toClient'],
    ] as const) {
      // An end that breaks off takes the other with it, unless the network swallows that too.
      from.on('error', () => {
        if (!covers(connection.silenced, way)) to.resetAndDestroy();
      });
      from.on('close', () => {
        if (near.closed && far.closed) connections.delete(connection);
      });
      carry(connection, from, to, way).catch(() => undefined);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const reset = () => {
    const all = [...connections];
    for (const { near, far } of all) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    connections.clear();
    return all.length;
  };
  const heal = () => {
    stalled = undefined;
    slowness = undefined;
    healed.resolve(undefined);
    healed = Promise.withResolvers();
  };
  const close = async () => {
    heal();
    reset();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: (server.address() as AddressInfo).port,
    reset,
    stall: (direction) => (stalled = direction),
    silence: (direction) => {
      for (const connection of connections) connection.silenced = direction;
      return connections.size;
    },
    slow: (how) => (slowness = how),
    heal,
    refuse: () => {
      refusing = true;
      reset();
    },
    admit: () => (refusing = false),
    close,
    [Symbol.asyncDispose]: close,
  };
}
