import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AynaError } from '@ayna/contract';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { lockFile } from './file-lock.ts';

/** A checkpoint in a file, locked against a second backfill. */
export interface CheckpointFile extends CheckpointStore {
  /** Gives the lock back; the checkpoint stays. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens a checkpoint file, which need not exist yet.
 *
 * It is locked by a file beside it, `FILE.lock`, that names the process. A lock whose process has
 * died is taken over.
 *
 * Rejects with AynaError `CheckpointUnusable` when another process holds it, or the directory cannot
 * be written to.
 */
export async function openCheckpointFile(file: string): Promise<CheckpointFile> {
  const unlock = await lockFile(`${file}.lock`);
  return {
    name: file,
    load: () => readCheckpointFile(file),
    save: (checkpoint) => writeAtomically(file, `${JSON.stringify(checkpoint, null, 2)}\n`),
    close: unlock,
  };
}

/**
 * Reads a checkpoint file without locking it; undefined when there is none.
 *
 * Rejects with AynaError `CheckpointUnusable` when it is damaged or cannot be read.
 */
export async function readCheckpointFile(file: string): Promise<Checkpoint | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unusable(file, 'read', error);
  }
  return parseCheckpoint(text, file);
}

/** Whoever reads the file sees the old text or the new one, whole, also after a power cut. */
async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unusable(file, 'written', error);
  }
}

/** Makes a rename last. Windows cannot open a directory, and needs no such thing. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unusable(file: string, what: string, cause: unknown): AynaError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AynaError(
    'CheckpointUnusable',
    `the checkpoint "${file}" cannot be ${what}: ${detail}`,
    { cause },
  );
}
