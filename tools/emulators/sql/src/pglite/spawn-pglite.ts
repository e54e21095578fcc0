import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runningDatabase, type RunningDatabase } from '../running-database.ts';
import type { PgliteOptions } from './start-pglite.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A database in a process of its own. */
export interface SpawnedDatabase extends RunningDatabase {
  readonly pid: number;
}

/**
 * Starts PGlite in a process of its own and waits until it takes connections. The process ends
 * with this one, even when this one is killed.
 *
 * @throws Error with what the process wrote to its standard error, when it ends before
 */
export async function spawnPglite(options: PgliteOptions = {}): Promise<SpawnedDatabase> {
  const { dataDirectory, port, host } = options;
  const child = spawn(
    process.execPath,
    [
      MAIN,
      '--stop-with-stdin',
      ...(port === undefined ? [] : ['--port', String(port)]),
      ...(host === undefined ? [] : ['--host', host]),
      ...(dataDirectory === undefined ? [] : ['--data-dir', dataDirectory]),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = await Promise.race([lines.next(), exited.then(() => undefined)]);
  if (first === undefined || first.done === true || child.pid === undefined) {
    throw new Error(`PGlite did not start: ${complaints.trim() || 'no reason was given'}`);
  }
  const url = first.value;
  const running = runningDatabase(url, Number(new URL(url).port), async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  });
  return { ...running, pid: child.pid };
}
