import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^(\d{8})\.journal$/;

/** The files of a data directory: one journal, numbered, and perhaps the next one in the making. */
export interface JournalDirectory {
  /** The journal that counts: the one with the highest number. */
  readonly current: string | undefined;
  /** Starts the next journal; it does not count before it is adopted. */
  begin(): Promise<NewJournal>;
}

interface NewJournal {
  readonly file: FileHandle;
  /** Makes this the journal that counts, and removes the others. */
  adopt(): Promise<void>;
}

/** Opens a data directory; it is made if it is missing. */
export function openJournalDirectory(path: string): JournalDirectory {
  mkdirSync(path, { recursive: true });
  const numbers = () =>
    readdirSync(path)
      .map((name) => Number(NAME.exec(name)?.[1] ?? -1))
      .filter((number) => number >= 0)
      .sort((a, b) => a - b);
  const fileOf = (number: number) => join(path, `${String(number).padStart(8, '0')}.journal`);
  let last = numbers().at(-1) ?? 0;

  return {
    current: last === 0 ? undefined : fileOf(last),
    async begin() {
      const number = last + 1;
      const draft = `${fileOf(number)}.tmp`;
      const file = await open(draft, 'w');
      return {
        file,
        async adopt() {
          await file.datasync();
          await rename(draft, fileOf(number));
          await syncDirectory(path);
          last = number;
          for (const old of numbers()) if (old < number) rmSync(fileOf(old));
        },
      };
    },
  };
}

/** A renamed file is found after a power failure only when its directory was written too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
