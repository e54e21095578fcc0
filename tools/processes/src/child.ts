import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program of the workspace, running as a process of its own. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** What it told when it was ready: its first line of output, or its first message. */
  readonly announcement: unknown;
  /** What it told by `process.send` after that, one message a call; rejects when it ends before. */
  message(): Promise<unknown>;
  /** Does nothing when it has ended. */
  send(message: object): void;
  /** Asks it to stop and waits until it has. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills it without warning, as a crash or the kernel would. */
  kill(): Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ending>;
}

/** How a process ended. */
interface Ending {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it last wrote to standard error. */
  readonly lastWords: string;
}

/** How a child is started. */
export interface ChildOptions {
  readonly args?: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options for Node, beside those that every program of the workspace needs. */
  readonly nodeFlags?: readonly string[];
  /** Told each line that the program writes to standard error. */
  readonly onErrorLine?: (line: string) => void;
  /** Aborted to kill it before it is ready; nothing happens after that. */
  readonly signal?: AbortSignal;
}

const KEPT_LINES = 20;

/**
 * Loaded into each child before its program: when the parent dies, however it dies, the channel
 * between them closes and the child stops, instead of living on with nobody to stop it.
 */
const LIFELINE = `data:text/javascript,${encodeURIComponent(`
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
`)}`;

/**
 * Starts a program from its source, in a process group of its own (Ctrl-C in a terminal is for the
 * parent to handle), and waits until it says that it is ready. It ends with this process, even when
 * this one is killed.
 *
 * @param entry the path of a file, or its `file:` URL
 * @throws Error with the program's own words, when it ends before
 */
export async function startChild(entry: string, options: ChildOptions = {}): Promise<Child> {
  const { args = [], env = {}, nodeFlags = [] } = options;
  const program = entry.startsWith('file:') ? new URL(entry).pathname : entry;
  const child = spawn(
    process.execPath,
    ['--conditions=@ayna/source', ...nodeFlags, '--import', LIFELINE, program, ...args],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
    },
  );
  const errors = lastLines(child, options.onErrorLine);
  const inbox = receive(child);
  const ended = once(child, 'close').then(([code]: unknown[]): Ending => ({
    code: typeof code === 'number' ? code : null,
    lastWords: errors.join('\n'),
  }));
  void ended.then(() => inbox.close());
  if (child.stdout === null) throw new Error(`${entry} has no standard output`);
  let announced = false;
  createInterface(child.stdout).once('line', (line) => {
    if (!announced) inbox.put(line);
  });
  const giveUp = () => child.kill('SIGKILL');
  if (options.signal?.aborted) giveUp();
  options.signal?.addEventListener('abort', giveUp);
  const announcement = await inbox.next();
  options.signal?.removeEventListener('abort', giveUp);
  announced = true;
  if (announcement === undefined || child.pid === undefined) {
    throw new Error(`${entry} did not start: ${(await ended).lastWords}`);
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    pid: child.pid,
    announcement,
    message: async () => {
      const message = await inbox.next();
      if (message === undefined) throw new Error(`${entry} ended: ${(await ended).lastWords}`);
      return message;
    },
    // That it has ended meanwhile is told by `ended`.
    send: (message) => void child.send(message, () => undefined),
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

/** What a child tells, in order; undefined for all that is asked for after its end. */
interface Inbox {
  next(): Promise<unknown>;
  put(message: unknown): void;
  close(): void;
}

function receive(child: ChildProcess): Inbox {
  const waiting: unknown[] = [];
  const askers: ((message: unknown) => void)[] = [];
  let closed = false;
  const put = (message: unknown) => {
    const asker = askers.shift();
    if (asker) asker(message);
    else waiting.push(message);
  };
  child.on('message', put);
  return {
    put,
    next: () => {
      if (waiting.length > 0 || closed) return Promise.resolve(waiting.shift());
      return new Promise((resolve) => askers.push(resolve));
    },
    close: () => {
      closed = true;
      for (const asker of askers.splice(0)) asker(undefined);
    },
  };
}

function lastLines(child: ChildProcess, onLine?: (line: string) => void): string[] {
  const kept: string[] = [];
  if (child.stderr) {
    createInterface(child.stderr).on('line', (line) => {
      onLine?.(line);
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    });
  }
  return kept;
}
