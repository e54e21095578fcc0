import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** A writer in a process of its own. */
export interface RunningWriter extends AsyncDisposable {
  /** All that it has logged. */
  log(): string;
  /** What `/status` shows; undefined while nobody answers. */
  status(): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** The HTTP status of `/health/ready`; undefined while nobody answers. */
  ready(): Promise<number | undefined>;
  /** The most memory it ever had, in MB (Linux). */
  peakMegabytes(): Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with its exit code. */
  readonly exited: Promise<number | null>;
}

/** Starts the writer with nothing in its environment but these. */
export function startWriter(env: Readonly<Record<string, string>>): RunningWriter {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@ayna/source', main], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  let port: number | undefined;
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  child.on('message', (message) => {
    if (typeof message === 'object' && 'port' in message) port = Number(message.port);
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const get = async (path: string) => {
    const at = port ?? env.PORT;
    if (at === undefined || at === '0') return undefined;
    return fetch(`http://127.0.0.1:${at}${path}`).catch(() => undefined);
  };
  return {
    log: () => stderr,
    exited,
    async status() {
      return (await (await get('/status'))?.json()) as Record<string, unknown> | undefined;
    },
    ready: async () => (await get('/health/ready'))?.status,
    async peakMegabytes() {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8');
      const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
      expect(kilobytes).toBeDefined();
      return Number(kilobytes) / 1_024;
    },
    signal: (name) => child.kill(name),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

export const EVENTUALLY = { timeout: 60_000, interval: 50 };
