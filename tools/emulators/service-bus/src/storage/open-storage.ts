import type { Journal } from '../broker/journal.ts';
import type { ContentParser } from '../broker/message.ts';
import type { Namespace } from '../broker/namespace.ts';
import { createNamespaceImage, snapshot } from '../broker/namespace-image.ts';
import { createFileJournal } from './file-journal.ts';
import { openJournalDirectory } from './journal-directory.ts';
import { readRecords } from './journal-reader.ts';

/** What keeps a namespace on disk. */
export interface Storage {
  readonly journal: Journal;
  /** Fills the namespace with what was kept, and keeps what happens from then on. */
  attach(namespace: Namespace, parse: ContentParser): Promise<void>;
  close(): Promise<void>;
}

/** Opens a data directory. Only one process may use it at a time. */
export function openStorage(
  path: string,
  onFailure: (error: unknown) => void,
  compactAfterBytes?: number,
): Storage {
  const directory = openJournalDirectory(path);
  const journal = createFileJournal(directory, onFailure, compactAfterBytes);
  return {
    journal,
    async attach(namespace, parse) {
      const image = createNamespaceImage();
      if (directory.current !== undefined) {
        for (const record of readRecords(directory.current)) image.apply(record);
      }
      image.restore(namespace, parse);
      await journal.start(() => snapshot(namespace));
    },
    close: () => journal.close(),
  };
}
