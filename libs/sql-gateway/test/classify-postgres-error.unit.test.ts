import { describe, expect, test } from 'vitest';
import { classifySqlError, sqlError } from '../src/index.ts';

const withCode = (code: string, message = 'm'): Error =>
  Object.assign(new Error(message), { code });

describe('an error of the database', () => {
  test.each([
    '40001 40P01 53100 53200 53300 57P01 57P02 57P03 57014 08006 08001 55P03 25006 58030',
    'ECONNREFUSED ECONNRESET ETIMEDOUT EPIPE ENOTFOUND EAI_AGAIN EHOSTUNREACH',
  ])('that time can heal is unavailable: %s', (codes) => {
    for (const code of codes.split(' ')) {
      expect([code, classifySqlError(withCode(code))]).toEqual([code, 'unavailable']);
      expect(sqlError(withCode(code), 'x')).toMatchObject({ code: 'SqlUnavailable', heals: true });
    }
  });

  test.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('without a code is unavailable when the connection is gone: %s', (message) => {
    expect(classifySqlError(new Error(message))).toBe('unavailable');
  });

  test('of several addresses counts as the first of them', () => {
    expect(classifySqlError(new AggregateError([withCode('ECONNREFUSED')]))).toBe('unavailable');
  });

  test('about the data is rejected', () => {
    for (const code of '22001 22P02 22021 22003 23502 23505 23514 21000 54000 P0001 XX000'.split(
      ' ',
    )) {
      expect([code, classifySqlError(withCode(code))]).toEqual([code, 'rejected']);
      expect(sqlError(withCode(code), 'x')).toMatchObject({ code: 'SqlRejected', heals: false });
    }
  });

  test('about settings or schema is misconfigured, and says which of them', () => {
    for (const code of '42P01 42883 42501 42703 3F000'.split(' ')) {
      expect([code, classifySqlError(withCode(code))]).toEqual([code, 'misconfigured']);
      expect(sqlError(withCode(code), 'x')).toMatchObject({ code: 'SqlSchemaInvalid' });
    }
    for (const code of '28P01 28000 3D000'.split(' ')) {
      expect(sqlError(withCode(code), 'x')).toMatchObject({ code: 'ConfigInvalid' });
    }
    expect(classifySqlError(new Error('The server does not support SSL connections'))).toBe(
      'misconfigured',
    );
  });

  test('tells what was being done, what was answered, and where', () => {
    const error = Object.assign(withCode('23514', 'violates check'), { constraint: 'positive' });
    expect(sqlError(error, 'writing 2 changes (host:5432/db)').message).toBe(
      'writing 2 changes (host:5432/db): violates check, constraint positive (23514)',
    );
  });
});
