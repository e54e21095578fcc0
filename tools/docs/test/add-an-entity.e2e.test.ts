import { expect, test } from 'vitest';
import { repositoryCopy } from '../src/repository-copy.ts';
import { runDocument } from '../src/run-document.ts';

const TUTORIAL = new URL('../../../docs/tutorials/add-an-entity.md', import.meta.url).pathname;
const THIRTY_MINUTES = 1_800_000;

test(
  'a newcomer adds an entity by the tutorial, word for word, in a fresh clone',
  { timeout: THIRTY_MINUTES },
  async () => {
    await using copy = await repositoryCopy();
    const { notRun } = await runDocument(TUTORIAL, copy.folder, {
      onRan: ({ line, script, milliseconds }) => {
        console.log(`line ${line}, ${milliseconds} ms: ${script}`);
      },
    });
    expect(notRun).toEqual([]);
  },
);
