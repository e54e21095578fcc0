import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A program of the workspace, run to be listened to. */
export interface ProgramRun {
  /** The path of its entry, or its `file:` URL. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** All of its environment beside `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs, and where the files are that it writes. */
  readonly folder: string;
  /**
   * Asked again and again with all that it has said: true ends it, with SIGTERM. Without it, it runs
   * to its end.
   */
  readonly until?: (said: string) => boolean | Promise<boolean>;
  /** Where it serves `/status` and `/metrics`, which are read before it ends. */
  readonly opsPort?: number;
}

/** Whatever a program let out. */
export interface Said {
  readonly code: number | null;
  /** Standard output, standard error, HTTP answers and files, one after the other. */
  readonly text: string;
}

const ASK_AGAIN_MS = 50;

/** Runs a program and gathers all that it says, serves and writes. */
export async function listenTo(run: ProgramRun): Promise<Said> {
  const entry = run.entry.startsWith('file:') ? new URL(run.entry).pathname : run.entry;
  const child = spawn(process.execPath, ['--conditions=@ayna/source', entry, ...(run.args ?? [])], {
    cwd: run.folder,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      METADATA_SERVER_DETECTION: 'none',
      ...run.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let spoken = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (spoken += text));
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  let served = '';
  if (run.until) {
    while (running() && !(await run.until(spoken))) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
    if (running() && run.opsPort !== undefined) served = await readServed(run.opsPort);
    if (running()) child.kill('SIGTERM');
  }
  const code = await ended;
  return { code, text: [spoken, served, await readFiles(run.folder)].join('\n') };
}

/** A port that nobody listens on now. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function readServed(port: number): Promise<string> {
  const pages = ['/status', '/metrics', '/health/ready'].map(async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    return `${path}: ${(await response?.text()) ?? 'nobody answers'}`;
  });
  return (await Promise.all(pages)).join('\n');
}

async function readFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile())
    .map(async ({ name }) => `${name}: ${await readFile(join(folder, name), 'utf8')}`);
  return (await Promise.all(texts)).join('\n');
}
