import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Nobody: who a container runs as is not known to the machine either. */
const NOBODY = 65_534;

/** An app that runs from its pruned folder. */
export interface PrunedApp extends AsyncDisposable {
  /** All that it has logged. */
  log(): string;
  /** The HTTP status of a path of the ops server; undefined while nobody answers. */
  get(path: string): Promise<number | undefined>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with its exit code. */
  readonly exited: Promise<number | null>;
}

/**
 * Runs a pruned folder as its container does: nothing in the environment but these variables, the
 * folder as working directory, and, where this process may choose, as a user who owns nothing.
 *
 * @param node a Node outside the repository
 */
export function runPruned(
  node: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): PrunedApp {
  const child = spawn(node, ['dist/main.js'], {
    cwd: folder,
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  let stderr = '';
  let port: number | undefined;
  child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  child.on('message', (message) => {
    if (typeof message === 'object' && 'port' in message) port = Number(message.port);
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return {
    log: () => stderr,
    exited,
    async get(path) {
      if (port === undefined) return undefined;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
      return answer?.status;
    },
    signal: (name) => child.kill(name),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
