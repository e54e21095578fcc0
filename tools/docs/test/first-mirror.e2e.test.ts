import { expect, test } from 'vitest';
import { quickNpxPath } from '../src/quick-npx.ts';
import { installedRepositoryCopy } from '../src/repository-copy.ts';
import { runDocument } from '../src/run-document.ts';

const TUTORIAL = new URL('../../../docs/tutorials/first-mirror.md', import.meta.url).pathname;
const TEN_MINUTES = 600_000;

test(
  'a newcomer starts a mirror, breaks a document and mends it by the tutorial, word for word',
  { timeout: TEN_MINUTES },
  async () => {
    await using copy = await installedRepositoryCopy();
    const { notRun } = await runDocument(TUTORIAL, copy.folder, {
      env: { PATH: quickNpxPath },
      onRan: ({ line, milliseconds }) => console.log(`line ${line}: ${milliseconds} ms`),
    });
    expect(notRun).toEqual([]);
  },
);
