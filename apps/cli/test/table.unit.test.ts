import { expect, test } from 'vitest';
import { tableWriter } from '../src/table.ts';

const columns = [{ heading: 'A' }, { heading: 'LAST' }];

test('columns line up, and the heading comes once', () => {
  const write = tableWriter(columns, Infinity);
  expect(
    write([
      ['1', 'x'],
      ['22', 'y'],
    ]),
  ).toBe('A   LAST\n1   x\n22  y\n');
  expect(write([['3', 'z']])).toBe('3   z\n');
});

test('a line is never wider than the terminal', () => {
  expect(tableWriter(columns, 8)([['1', 'a long story']])).toBe('A  LAST\n1  a lo…\n');
});

test('nothing a message holds can break a line or steer a terminal', () => {
  const text = tableWriter(columns, Infinity)([['1', 'a\r\n\tb\u001b[2J\u009b\u202ec']]);
  expect(text.split('\n')).toEqual(['A  LAST', '1  a· b·[2J··c', '']);
});

test('no rows, no heading', () => {
  expect(tableWriter(columns, Infinity)([])).toBe('');
});
