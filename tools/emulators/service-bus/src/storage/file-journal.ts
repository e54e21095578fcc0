import type { FileHandle } from 'node:fs/promises';
import type { Journal, JournalRecord } from '../broker/journal.ts';
import type { JournalDirectory } from './journal-directory.ts';
import { encodeRecord } from './record-codec.ts';

/** A journal is written anew when it has grown to this, and to twice what is worth keeping. */
const DEFAULT_COMPACT_AFTER_BYTES = 64 * 1024 * 1024;

/** Pieces that one write may take. */
const MAX_PIECES = 1024;

/** A journal in a file. */
export interface FileJournal extends Journal {
  /**
   * Starts writing, with a snapshot. What was appended before is dropped: the snapshot holds it.
   *
   * @param snapshot - Everything there is, as records; asked for again at each compaction.
   */
  start(snapshot: () => Iterable<JournalRecord>): Promise<void>;
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/** What is written and synced together. */
interface Batch {
  pieces: Buffer[];
  bytes: number;
  callbacks: (() => void)[];
}

const emptyBatch = (): Batch => ({ pieces: [], bytes: 0, callbacks: [] });

/**
 * Makes a journal that writes and syncs in groups: while one group is being synced, the next gathers.
 *
 * @param onFailure - Called once if the disk refuses; nothing is called durable after that.
 */
export function createFileJournal(
  directory: JournalDirectory,
  onFailure: (error: unknown) => void,
  compactAfterBytes = DEFAULT_COMPACT_AFTER_BYTES,
): FileJournal {
  let file: FileHandle | undefined;
  let takeSnapshot: () => Iterable<JournalRecord> = () => [];
  let gathering = emptyBatch();
  let writing: Promise<void> | undefined;
  let fileBytes = 0;
  let keptBytes = 0;
  let failed = false;
  let started = false;

  /** Runs in one go: the memory that is pictured has all that was appended, written or not. */
  const compact = async (): Promise<void> => {
    const batch = gathering;
    gathering = emptyBatch();
    const picture = emptyBatch();
    for (const record of takeSnapshot()) addTo(picture, record);
    const next = await directory.begin();
    await writeAll(next.file, picture.pieces);
    await next.adopt();
    await file?.close();
    file = next.file;
    fileBytes = keptBytes = picture.bytes;
    for (const callback of batch.callbacks) callback();
  };

  const writeGathered = async (to: FileHandle): Promise<void> => {
    const batch = gathering;
    gathering = emptyBatch();
    if (batch.bytes > 0) {
      await writeAll(to, batch.pieces);
      await to.datasync();
      fileBytes += batch.bytes;
    }
    for (const callback of batch.callbacks) callback();
  };

  const run = async (): Promise<void> => {
    // One turn of the event loop, so that all that came in with the same read is one group.
    await new Promise((resolve) => setImmediate(resolve));
    while (file && (gathering.bytes > 0 || gathering.callbacks.length > 0)) {
      if (fileBytes > compactAfterBytes && fileBytes > 2 * keptBytes) await compact();
      else await writeGathered(file);
    }
  };
  const wake = () => {
    if (writing || failed || !file) return;
    writing = run()
      .catch((error: unknown) => {
        failed = true;
        onFailure(error);
      })
      .finally(() => {
        writing = undefined;
        if (gathering.bytes > 0 || gathering.callbacks.length > 0) wake();
      });
  };

  return {
    append(record) {
      if (!started) return;
      addTo(gathering, record);
      wake();
    },
    whenDurable(callback) {
      if (!failed && !writing && gathering.bytes === 0) {
        callback();
        return;
      }
      gathering.callbacks.push(callback);
      wake();
    },
    async start(snapshot) {
      takeSnapshot = snapshot;
      started = true;
      await compact();
      wake();
    },
    async close() {
      while (writing) await writing;
      await file?.close();
      file = undefined;
      started = false;
    },
  };
}

function addTo(batch: Batch, record: JournalRecord): void {
  for (const piece of encodeRecord(record)) {
    batch.pieces.push(piece);
    batch.bytes += piece.length;
  }
}

async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  for (let start = 0; start < pieces.length; start += MAX_PIECES) {
    const group = pieces.slice(start, start + MAX_PIECES);
    const wanted = group.reduce((sum, piece) => sum + piece.length, 0);
    const { bytesWritten } = await file.writev(group);
    if (bytesWritten < wanted) {
      await file.appendFile(Buffer.concat(group).subarray(bytesWritten));
    }
  }
}
