import { expect, test } from 'vitest';
import { tableWriter } from '../src/table.ts';

const headings = ['A', 'LAST'];
const row = (...cells: string[]) => ({ cells });

test('columns line up, and the heading comes once', () => {
  const write = tableWriter(headings, Infinity);
  expect(write([row('1', 'x'), row('22', 'y')])).toBe('A   LAST\n1   x\n22  y\n');
  expect(write([row('3', 'z')])).toBe('3   z\n');
});

test('a line is never wider than the terminal, nor is what stands below it', () => {
  const write = tableWriter(headings, 8);
  expect(write([{ cells: ['1', 'a long story'], below: 'and more' }])).toBe(
    'A  LAST\n1  a lo…\n    and…\n',
  );
});

test('nothing a message holds can break a line or steer a terminal', () => {
  const write = tableWriter(headings, Infinity);
  const text = write([{ cells: ['1', 'a\r\n\tb\u001b[2J\u009b\u202ec'], below: 'x\n\u001b[2J' }]);
  expect(text.split('\n')).toEqual(['A  LAST', '1  a· b·[2J··c', '    x ·[2J', '']);
});

test('no rows, no heading', () => {
  expect(tableWriter(headings, Infinity)([])).toBe('');
});
