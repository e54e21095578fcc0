import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quickNpxPath } from '../src/quick-npx.ts';
import { repositoryCopy } from '../src/repository-copy.ts';
import { runDocument } from '../src/run-document.ts';

const TUTORIAL = new URL('../../../docs/tutorials/first-mirror.md', import.meta.url).pathname;
const TEN_MINUTES = 600_000;

test(
  'a newcomer starts a mirror, breaks a document and mends it by the tutorial, word for word',
  { timeout: TEN_MINUTES },
  async () => {
    await using copy = await repositoryCopy();
    execFileSync('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile', '--prefer-offline'], {
      cwd: copy.folder,
    });
    const { notRun } = await runDocument(TUTORIAL, copy.folder, {
      env: { PATH: quickNpxPath },
      onRan: ({ line, milliseconds }) => console.log(`line ${line}: ${milliseconds} ms`),
    });
    expect(notRun).toEqual([]);
  },
);
