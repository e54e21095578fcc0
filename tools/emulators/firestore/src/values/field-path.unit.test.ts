import { expect, test } from 'vitest';
import { formatFieldPath, parseFieldPath } from './field-path.ts';

test('quoted segments survive the round trip', () => {
  for (const path of [['a'], ['a', 'b.c'], ['`'], ['\\', 'x'], ['ğ', '0']]) {
    expect(parseFieldPath(formatFieldPath(path))).toEqual(path);
  }
});

test('what is no field path is refused', () => {
  for (const path of ['', '.', 'a.', '.a', 'a..b', '`a', '0a', 'a b', '`a`b']) {
    expect(() => parseFieldPath(path), path).toThrow();
  }
});
