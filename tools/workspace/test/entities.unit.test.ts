import { readFile } from 'node:fs/promises';
import { entities } from '@ayna/contract';
import { expect, test } from 'vitest';
import { entityLists } from '../src/entity-lists.ts';

test('every entity has its Firebase function among the exports of apps/triggers', async () => {
  const functions = await import('@ayna/triggers');
  expect(Object.keys(functions).sort()).toEqual(
    entities.map(({ functionName }) => functionName).sort(),
  );
});

test('the entities are listed as `pnpm entities` lists them', async () => {
  for (const [path, text] of Object.entries(await entityLists())) {
    const there = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
    expect(there, `${path} lists other entities than there are: run \`pnpm entities\``).toBe(text);
  }
});
