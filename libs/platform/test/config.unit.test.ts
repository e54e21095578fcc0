import { AynaError } from '@ayna/contract';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { flag, port, readConfig, wholeNumber } from '../src/index.ts';

const shape = {
  URL: z.string().describe('expected a URL'),
  PORT: port().default(8080),
  COUNT: wholeNumber(1, 10).optional(),
  ON: flag().default(true),
};
const failure = (env: Record<string, string>) => {
  try {
    readConfig(shape, env);
  } catch (error) {
    if (error instanceof AynaError) return `${error.code}: ${error.message}`;
  }
  return undefined;
};

describe('the configuration', () => {
  test('has the defaults for what is not set, and an empty variable is not set', () => {
    expect(readConfig(shape, { URL: 'x', PORT: '', ON: 'off' })).toEqual({
      URL: 'x',
      PORT: 8080,
      ON: false,
    });
  });

  test('names every variable that is wrong and what is expected', () => {
    expect(failure({ PORT: '70000', COUNT: '1.5', ON: 'perhaps' })).toBe(
      [
        'ConfigInvalid: URL is missing: expected a URL',
        'PORT has a wrong value: expected a whole number from 0 to 65535',
        'COUNT has a wrong value: expected a whole number from 1 to 10',
        'ON has a wrong value: expected true or false',
      ].join('\n'),
    );
  });

  test('never repeats a value, which may be a secret', () => {
    expect(failure({ URL: 'x', PORT: 'hunter2' })).not.toContain('hunter2');
  });
});
