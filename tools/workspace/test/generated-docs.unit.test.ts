import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocs } from '../src/generated-docs.ts';

const docs = await generatedDocs();

test.for(docs.map(({ url, text }) => [basename(url.pathname), url, text] as const))(
  'docs/%s says what the code says (renew it with `npx -y pnpm@12 write-docs`)',
  async ([, url, text]) => {
    expect(await readFile(url, 'utf8')).toBe(text);
  },
);
