import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../src/confirm.ts';

function terminal() {
  return {
    input: Object.assign(new PassThrough(), { isTTY: true }),
    output: Object.assign(new PassThrough(), { isTTY: true }),
  };
}

const { signal } = new AbortController();

test.for([
  ['yes', true],
  [' yes ', true],
  ['y', false],
  ['YES', false],
  ['', false],
  ['no', false],
] as const)('the answer "%s" counts as %s', async ([answer, expected]) => {
  const streams = terminal();
  const asked = confirm('Discard 3 dead letters?', signal, streams);
  streams.input.write(`${answer}\n`);
  expect(await asked).toBe(expected);
  expect(String(streams.output.read())).toContain('Discard 3 dead letters? Type yes');
});

test('Ctrl-C while the question stands is a no', async () => {
  const interrupt = new AbortController();
  const asked = confirm('Discard 3 dead letters?', interrupt.signal, terminal());
  interrupt.abort();
  expect(await asked).toBe(false);
});

test('a terminal that is closed while the question stands is a no', async () => {
  const streams = terminal();
  const asked = confirm('Discard 3 dead letters?', signal, streams);
  streams.input.end();
  expect(await asked).toBe(false);
});

test.for(['input', 'output'] as const)('without a terminal (%s) nobody is asked', async (side) => {
  const streams = terminal();
  streams[side].isTTY = false;
  await expect(confirm('Discard?', signal, streams)).rejects.toMatchObject({
    code: 'InputInvalid',
    message: expect.stringContaining('--yes') as string,
  });
});
