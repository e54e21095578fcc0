import { expect, test } from 'vitest';
import { ayna } from './ayna.ts';

test('help goes to standard output and is a success', async () => {
  const { code, stdout, stderr } = await ayna(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: ayna');
});

test.for([['nonsense'], ['--nonsense'], ['dlq', 'nonsense'], ['dlq', '--nonsense']])(
  'a wrong command line (%s) is told on standard error and ends with 2',
  async (args) => {
    const { code, stdout, stderr } = await ayna(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`'${args.at(-1) ?? ''}'`);
  },
);
