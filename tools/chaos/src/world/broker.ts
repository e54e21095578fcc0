import { startChild, type Child } from '@ayna/processes';
import { outageTimer } from './outage-timer.ts';

const PROGRAM = new URL('./broker-program.ts', import.meta.url).href;

/** The embedded Service Bus in a process of its own, which keeps its messages on disk. */
export interface Broker extends AsyncDisposable {
  readonly connectionString: string;
  readonly port: number;
  /** Ends it: SIGKILL, as a crash would, or SIGTERM. Nothing happens when it is away. */
  stop(how: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts it again, on the same port and data. Nothing happens when it runs. */
  start(): Promise<void>;
  /** Lets its clock jump forward, for good. */
  jump(byMs: number): void;
  outageSeconds(): number;
}

export async function startBroker(dataDirectory: string): Promise<Broker> {
  const outages = outageTimer();
  let aheadMs = 0;
  const run = (port: number) =>
    startChild(PROGRAM, {
      args: ['--port', String(port), '--data-dir', dataDirectory, '--ahead-ms', String(aheadMs)],
    });
  let child: Child | undefined = await run(0);
  const connectionString = String(child.announcement);
  const port = Number(/:(\d+);/.exec(connectionString)?.[1]);
  const stop = async (how: 'SIGKILL' | 'SIGTERM') => {
    const running = child;
    if (!running) return;
    child = undefined;
    outages.begin();
    await (how === 'SIGKILL' ? running.kill() : running.stop());
  };
  return {
    connectionString,
    port,
    stop,
    start: async () => {
      if (child) return;
      child = await run(port);
      outages.end();
    },
    jump: (byMs) => {
      aheadMs += byMs;
      child?.send({ jumpMs: byMs });
    },
    outageSeconds: () => outages.seconds(),
    [Symbol.asyncDispose]: () => stop('SIGTERM'),
  };
}
