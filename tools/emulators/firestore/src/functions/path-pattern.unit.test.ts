import { expect, test } from 'vitest';
import { compilePathPattern } from './path-pattern.ts';

test.each([
  ['a/{x}', 'a/b', true],
  ['a/{x}', 'a/b/c/d', false],
  ['a/{x=*}', 'a/b', true],
  ['a/{x=**}', 'a/b/c/d', true],
  ['a/*/c/*', 'a/b/c/d', true],
  ['a/**', 'a/b/c/d', true],
  ['a/b', 'a/b', true],
  ['a.c/{x}', 'abc/d', false],
])('the pattern %s on %s answers %s', (pattern, path, expected) => {
  expect(compilePathPattern(pattern)(path)).toBe(expected);
});
