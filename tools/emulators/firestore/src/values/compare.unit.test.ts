import { expect, test } from 'vitest';
import { compareIds, comparePaths, compareUtf8, compareValues, equalValues } from './compare.ts';

test('integers and doubles compare by exact value', () => {
  expect(compareValues(9_007_199_254_740_993n, 9_007_199_254_740_992)).toBeGreaterThan(0);
  expect(equalValues(3n, 3)).toBe(true);
  expect(equalValues(0, -0)).toBe(true);
  expect(equalValues(NaN, NaN)).toBe(true);
  expect(compareValues(NaN, -Infinity)).toBeLessThan(0);
});

test('strings order by UTF-8 bytes, not by UTF-16 units', () => {
  expect(compareUtf8('\uffff', '😀')).toBeLessThan(0);
  expect(compareUtf8('a', 'ab')).toBeLessThan(0);
});

test('paths order by segment, so that a parent precedes its children', () => {
  expect(comparePaths('a', 'a/b')).toBeLessThan(0);
  expect(comparePaths('a/b', 'a!/b')).toBeLessThan(0);
});

test('numeric ids come first, by number', () => {
  expect(compareIds('__id10__', '__id9__')).toBeGreaterThan(0);
  expect(compareIds('__id10__', 'A')).toBeLessThan(0);
});

test('maps order by their sorted keys, then values, then size', () => {
  const map = (entries: Record<string, bigint>) => new Map(Object.entries(entries));
  expect(compareValues(map({ b: 1n, a: 1n }), map({ a: 1n, b: 1n }))).toBe(0);
  expect(compareValues(map({ a: 1n }), map({ a: 1n, b: 1n }))).toBeLessThan(0);
  expect(compareValues(map({ a: 2n }), map({ a: 1n, b: 1n }))).toBeGreaterThan(0);
});
