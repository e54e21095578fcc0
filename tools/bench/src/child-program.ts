import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

/** A program in a process of its own, which talks through `process.send`. */
export interface ChildProgram extends AsyncDisposable {
  /** The next message; rejects when the process ends before. */
  message(): Promise<unknown>;
  send(message: object): void;
  /** Asks it to stop (SIGTERM) and waits until it has. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a TypeScript program. Its standard output is discarded, its errors are shown.
 *
 * @param specifier what `import.meta.resolve` gives
 */
export function startProgram(
  url: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): ChildProgram {
  const child: ChildProcess = fork(new URL(url), args, {
    execArgv: ['--conditions=@ayna/source'],
    // Nothing here runs at Google: its clients need not look for a metadata server.
    env: { ...process.env, METADATA_SERVER_DETECTION: 'none', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const received: unknown[] = [];
  let wake: (() => void) | undefined;
  child.on('message', (message) => {
    received.push(message);
    wake?.();
  });
  const exited = once(child, 'exit');
  void exited.then(() => wake?.());
  const running = () => child.exitCode === null && child.signalCode === null;

  return {
    async message() {
      while (received.length === 0) {
        if (!running()) throw new Error(`${url} ended with ${child.exitCode ?? 'a signal'}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      return received.shift();
    },
    send(message) {
      child.send(message);
    },
    async [Symbol.asyncDispose]() {
      if (running()) child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Now, in milliseconds of a clock that never jumps. */
export const nowMs = (): number => performance.now();
