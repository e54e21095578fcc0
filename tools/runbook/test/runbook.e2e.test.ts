import { fileURLToPath } from 'node:url';
import { quickNpxPath } from '@ayna/docs/quick-npx';
import { installedRepositoryCopy } from '@ayna/docs/repository-copy';
import { runDocument } from '@ayna/docs/run-document';
import { expect, test } from 'vitest';
import { openMirrorInTrouble } from './mirror-in-trouble.ts';

const runbook = fileURLToPath(new URL('../../../docs/runbook.md', import.meta.url));

test(
  'who follows the runbook, word for word, leaves a mirror without backlog, dead letters and drift',
  { timeout: 600_000 },
  async () => {
    await using trouble = await openMirrorInTrouble();
    expect((await trouble.counts()).deadLetters).toBe(4);
    await using copy = await installedRepositoryCopy();
    const { ran, notRun } = await runDocument(runbook, copy.folder, {
      env: { ...trouble.env, PATH: quickNpxPath },
      onRan: ({ line, milliseconds }) => console.log(`line ${line}: ${milliseconds} ms`),
    });

    const printed = (words: string) =>
      ran.find(({ script }) => script.includes(words))?.printed ?? '';
    expect(printed('dlq replay')).toContain('3');
    expect(printed('mirror repair --dry-run')).toContain('different');
    expect(await trouble.counts()).toEqual({ depth: 0, deadLetters: 0 });
    // What needs a cloud, and so is only shown.
    for (const script of notRun) expect(script).toMatch(/^az /);
  },
);
