import { expect, test } from 'vitest';
import { duration, positiveNumber } from '../src/command-arguments.ts';

test.for([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['2h', 7_200_000],
  ['3d', 259_200_000],
] as const)('the duration %s is %d ms', ([text, ms]) => {
  expect(duration(text)).toBe(ms);
});

test.for(['', '2', 'h', '2 h', '-2h', '1.5h', '2w', '2hours'])('"%s" is no duration', (text) => {
  expect(() => duration(text)).toThrow('such as');
});

test.for(['0', '-1', '1.5', 'x', '', '01', '9999999999'])('"%s" is no positive number', (text) => {
  expect(() => positiveNumber(text)).toThrow('whole number');
});
