import { describe, expect, test } from 'vitest';
import { sqlError } from '../src/index.ts';

const thrown = (code: string, message: string) =>
  Object.assign(new Error(message), {
    code,
    detail: 'Failing row contains (hush).',
    where: 'JSON data, line 1: hush',
  });

describe('what PostgreSQL says of data that it refuses is told without the data', () => {
  test.for([
    ['22P02', 'invalid input syntax for type integer: "hush"', 'for type integer: …'],
    ['22007', 'invalid input syntax for type timestamp with time zone: "hush"', 'time zone: …'],
    ['22008', 'date/time field value out of range: "hush"', 'out of range: …'],
    ['22003', 'value "hush" is out of range for type bigint', '… is out of range for type bigint'],
    ['22P02', 'invalid input value for enum mood: "hush"', 'for enum mood: …'],
    ['22P02', 'tamsayı tipi için geçersiz girdi sözdizimi: "hush"', 'withheld'],
    ['22023', "cannot use 'hush'", 'withheld'],
  ] as const)('%s: %s', ([code, message, told]) => {
    const error = sqlError(thrown(code, message), 'writing');
    expect(error.message).toContain(told);
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain('hush');
  });

  test('and names what is to be mended', () => {
    const message = 'new row for relation "m" violates check constraint "positive"';
    expect(sqlError(thrown('23514', message), 'writing').message).toContain(message);
    const tooLong = 'value too long for type character varying(10)';
    expect(sqlError(thrown('22001', tooLong), 'writing').message).toContain(tooLong);
    const bytes = 'invalid byte sequence for encoding "UTF8": 0x00';
    expect(sqlError(thrown('22021', bytes), 'writing').message).toContain(bytes);
  });
});
