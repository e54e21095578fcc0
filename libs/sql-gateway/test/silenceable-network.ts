import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on which bytes can be made to vanish. */
export interface SilenceableNetwork extends AsyncDisposable {
  readonly port: number;
  /** From now on nothing passes on the connections there are; new ones work after `speak`. */
  silence(): void;
  speak(): void;
}

export async function silenceableNetwork(target: number): Promise<SilenceableNetwork> {
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      let dead = false;
      from.on('data', (data) => {
        dead ||= silent;
        if (!dead) to.write(data);
      });
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    silence: () => (silent = true),
    speak: () => (silent = false),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
