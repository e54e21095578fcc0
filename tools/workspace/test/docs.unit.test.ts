import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorPage } from '../src/error-page.ts';

test('docs/errors.md says what the error registry says (renew it with `pnpm write-docs`)', async () => {
  const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  expect(page).toBe(errorPage());
});
