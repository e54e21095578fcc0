import { fileURLToPath } from 'node:url';
import { startChild } from '@ayna/processes';
import { runningDatabase, type RunningDatabase } from '../running-database.ts';
import type { PgliteOptions } from './start-pglite.ts';

/** Beside the sources, or beside what they are built into. */
const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : './main.js', import.meta.url),
);

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
  const child = await startChild(MAIN, {
    args: [
      ...(port === undefined ? [] : ['--port', String(port)]),
      ...(host === undefined ? [] : ['--host', host]),
      ...(dataDirectory === undefined ? [] : ['--data-dir', dataDirectory]),
    ],
  });
  const url = String(child.announcement);
  const running = runningDatabase(url, Number(new URL(url).port), () => child.stop());
  return { ...running, pid: child.pid };
}
