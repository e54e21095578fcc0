import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { AynaError } from '@ayna/contract';

/** A program of the workspace, running as a process of its own. */
export interface Child {
  readonly pid: number;
  /** What it told when it was ready: its first line of output, or its first message. */
  readonly announcement: unknown;
  /** Asks it to stop and waits until it has. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills it without warning, as a crash or the kernel would. */
  kill(): Promise<void>;
  /** Resolves when it has ended, with what it last wrote to standard error. */
  readonly ended: Promise<string>;
}

const KEPT_LINES = 20;

/** V8 lets a heap grow to several times what it holds; everything here shares one small machine. */
const NODE_FLAGS = [
  '--conditions=@ayna/source',
  '--max-semi-space-size=4',
  '--heap-growing-percent=20',
];

/** Ends a child whose parent is gone; see `lifeline.ts`. */
const LIFELINE = new URL('./lifeline.ts', import.meta.url).href;

/**
 * Starts a program from its source, in a process group of its own (Ctrl-C in a terminal is for the
 * parent to handle), and waits until it says that it is ready.
 *
 * @throws AynaError `ConfigInvalid` with the program's own words, when it ends before
 */
export async function startChild(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  const child = spawn(process.execPath, [...NODE_FLAGS, '--import', LIFELINE, entry, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  const errors = lastLines(child);
  const ended = once(child, 'exit').then(() => errors.join('\n'));
  if (child.stdout === null || child.pid === undefined) throw new Error(`${entry} did not start`);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const announcement = await Promise.race([
    lines.next().then(({ value }) => value as unknown),
    once(child, 'message').then(([message]) => message as unknown),
    ended.then(() => undefined),
  ]);
  if (announcement === undefined) {
    throw new AynaError('ConfigInvalid', `a part of the demo did not start: ${await ended}`);
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid,
    announcement,
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function lastLines(child: ChildProcess): string[] {
  const kept: string[] = [];
  if (child.stderr) {
    createInterface(child.stderr).on('line', (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    });
  }
  return kept;
}
