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
  // Before the file is there and until it is gone, so that nobody here takes it for a dead one's.
  held.add(mine.id);
  let isTaken = false;
  try {
    await writeFile(own, JSON.stringify(mine), { flag: 'wx' });
    for (let attempt = 0; attempt < ATTEMPTS && !isTaken; attempt += 1) {
      isTaken = (await linked(own, file)) || (await tookOver(own, file));
    }
  } catch (cause) {
    if (cause instanceof AynaError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AynaError('CheckpointUnusable', `the lock "${file}" cannot be taken: ${detail}`, {
      cause,
    });
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
    if (!isTaken) held.delete(mine.id);
  }
  if (!isTaken) {
    throw new AynaError('CheckpointUnusable', `the lock "${file}" is being fought over`);
  }
  let givenBack: Promise<unknown> | undefined;
  return async () => {
    givenBack ??= rm(file, { force: true }).then(() => held.delete(mine.id));
    await givenBack;
  };
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
 * Puts one's own lock in the place of one whose process has died. The right to do so is a lock too,
 * of its own for each lock that is replaced: whoever has it is the only one who may replace that
 * lock, so what it reads before it replaces is still there when it does. The place is never empty
 * meanwhile. False when the lock is another one by now, or gone.
 */
async function tookOver(own: string, file: string): Promise<boolean> {
  const text = await readLock(file);
  if (text === undefined) return false;
  const giveBack = await lockFile(`${file}.${deadHolder(file, text).id}.takeover`);
  try {
    if ((await readLock(file)) !== text) return false;
    await rename(own, file);
    return true;
  } finally {
    await giveBack();
  }
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
function deadHolder(file: string, text: string): Holder {
  const holder = parseHolder(text);
  const { pid, host, id } = holder;
  if (host === hostname() && (pid === process.pid ? !held.has(id) : !isAlive(pid))) return holder;
  throw new AynaError(
    'CheckpointUnusable',
    `another backfill uses this checkpoint: process ${pid} on ${host} holds "${file}". If there is no such backfill any more, remove that file`,
  );
}

function parseHolder(text: string): Holder {
  try {
    const { pid, host, id } = JSON.parse(text) as Partial<Holder>;
    const isId = typeof id === 'string' && /^[\w-]{1,64}$/.test(id);
    if (typeof pid === 'number' && typeof host === 'string' && isId) return { pid, host, id };
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
