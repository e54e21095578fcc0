import { closeSync, openSync, readSync } from 'node:fs';
import type { JournalRecord } from '../broker/journal.ts';
import { decodeRecord } from './record-codec.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Reads the records of a file up to its end, or up to where it stops making sense: a process that was
 * killed while it wrote leaves half a record, which nobody was told about.
 */
export function* readRecords(path: string): Generator<JournalRecord, void> {
  const file = openSync(path, 'r');
  try {
    let data = Buffer.alloc(0);
    let offset = 0;
    for (;;) {
      const decoded = decodeRecord(data, offset);
      if (decoded.status === 'complete') {
        offset += decoded.length;
        yield decoded.record;
        continue;
      }
      if (decoded.status === 'damaged') return;
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(file, chunk);
      if (read === 0) return;
      data = Buffer.concat([data.subarray(offset), chunk.subarray(0, read)]);
      offset = 0;
    }
  } finally {
    closeSync(file);
  }
}
