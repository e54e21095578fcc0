import { expect, test } from 'vitest';
import { z } from 'zod';
import { sqlOf, sqlSettings } from '../src/index.ts';

const read = (env: Record<string, string>): unknown => {
  const parsed = z.object(sqlSettings).safeParse(env);
  return parsed.success ? sqlOf(parsed.data) : parsed.error.issues.map(({ path }) => path[0]);
};

test.each([
  'postgres://u:p@h:5432/d',
  'mssql://u:p@h:1433/d?encrypt=strict',
  'Server=tcp:h,1433;Initial Catalog=d;User ID=u;Password=p;Encrypt=True',
])('DATABASE_URL may be %s', (url) => {
  expect(read({ DATABASE_URL: url })).toEqual({
    database: url,
    procedureNames: expect.anything() as unknown,
  });
});

test.each(['', 'localhost', 'u:p@h/d'])('DATABASE_URL may not be %j', (url) => {
  expect(read({ DATABASE_URL: url })).toEqual(['DATABASE_URL']);
});

test('SQL_ACCESS_TOKEN takes the place of user and password', () => {
  const env = { DATABASE_URL: 'mssql://h/d', SQL_ACCESS_TOKEN: 'token' };
  expect(read(env)).toMatchObject({ accessToken: 'token' });
});
