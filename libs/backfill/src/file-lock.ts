import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AynaError } from '@ayna/contract';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of this one taking of the lock. */
  readonly id: string;
}

/** The locks of this process: in a container, one that died had perhaps the same pid and host. */
const held = new Set<string>();

const ATTEMPTS = 5;

/**
 * Takes a lock that is a file, and resolves with the function that gives it back. A lock whose
 * process on this host has died is taken over; of a process on another host nothing can be known.
 *
 * Rejects with AynaError `CheckpointUnusable` when it is held, naming the process.
 */
export async function lockFile(file: string): Promise<() => Promise<void>> {
  const mine: Holder = { pid: process.pid, host: hostname(), id: randomUUID() };
  const own = `${file}.${mine.id}`;
  try {
    await writeFile(own, JSON.stringify(mine), { flag: 'wx' });
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await linked(own, file)) {
        held.add(mine.id);
        return async () => {
          if (held.delete(mine.id)) await rm(file, { force: true });
        };
      }
      await removeStale(file, `${own}.stale`);
    }
  } catch (cause) {
    if (cause instanceof AynaError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('CheckpointUnusable', `the lock "${file}" cannot be taken: ${detail}`, {
      cause,
    });
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
  }
  throw new AynaError('CheckpointUnusable', `the lock "${file}" is being fought over`);
}

/** Gives a file its second name, whole and only if there is none such. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock whose process has died. It is moved aside first and looked at again, because
 * another process may have taken it over in between.
 */
async function removeStale(file: string, aside: string): Promise<void> {
  const text = await readLock(file);
  if (text === undefined) return;
  refuseIfAlive(file, text);
  await rename(file, aside).catch(() => undefined);
  const moved = await readLock(aside);
  if (moved !== undefined && moved !== text) await linked(aside, file);
  await rm(aside, { force: true });
}

async function readLock(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws AynaError `CheckpointUnusable` when the holder lives, or nobody can tell */
function refuseIfAlive(file: string, text: string): void {
  const { pid, host, id } = parseHolder(text);
  if (host === hostname() && (pid === process.pid ? !held.has(id) : !isAlive(pid))) return;
  throw new AynaError(
    'CheckpointUnusable',
    `another backfill uses this checkpoint: process ${pid} on ${host} holds "${file}". If there is no such backfill any more, remove that file`,
  );
}

function parseHolder(text: string): Holder {
  try {
    const { pid, host, id } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid === 'number' && typeof host === 'string' && typeof id === 'string') {
      return { pid, host, id };
    }
  } catch {
    // Not ours; a lock of ours is never half written.
  }
  return { pid: 0, host: 'an unknown host', id: '' };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
