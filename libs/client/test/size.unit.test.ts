import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const BUDGET_BYTES = 15_000;

async function bundle(entry: string): Promise<{ text: string; inputs: string[]; bytes: number }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@ayna/source'],
    external: ['firebase'],
  });
  const text = outputFiles[0]?.text ?? '';
  const bytes = gzipSync(text, { level: 9 }).length;
  return { text, inputs: Object.keys(metafile.inputs), bytes };
}

test.for([
  ['without Firebase', '../src/index.ts'],
  ['its adapters for Firebase, without Firebase itself', '../src/firebase/index.ts'],
] as const)('the client, %s, is under 15 kB gzipped', async ([what, entry]) => {
  const { bytes } = await bundle(entry);
  console.log(`${what}: ${bytes} bytes gzipped, of ${BUDGET_BYTES}`);
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(BUDGET_BYTES);
});

test('the client imports no Node, no zod and no Firebase', async () => {
  // esbuild fails on a Node import for the browser by itself.
  const { inputs, text } = await bundle('../src/index.ts');
  expect(inputs.filter((input) => /node_modules|firebase/.test(input))).toEqual([]);
  expect(text).not.toContain('import"');
  expect(text).not.toContain('from"');
});
