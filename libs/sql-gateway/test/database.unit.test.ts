import { AynaError } from '@ayna/contract';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../src/index.ts';

describe('opening a database', () => {
  test.each([
    ['mysql://user:hunter2@host/db', 'the scheme "mysql"'],
    ['host=here password=hunter2', 'no scheme'],
    ['', 'no scheme'],
    ['postgresql://user:hunter2@host:not-a-port/db', 'cannot be read'],
    ['postgresql://user:hunter2@ho st/db', 'cannot be read'],
  ])('refuses %j without telling the password', (url, expected) => {
    const refused = (): unknown => {
      try {
        return openDatabase({ url });
      } catch (error) {
        return error;
      }
    };
    const error = refused();
    expect(error).toBeInstanceOf(AynaError);
    expect(error).toMatchObject({ code: 'ConfigInvalid' });
    expect(String(error)).toContain(expected);
    expect(String(error)).not.toContain('hunter2');
  });

  test('names host, port and database only, and does not connect yet', async () => {
    await using database = openDatabase({ url: 'postgres://user:hunter2@nowhere.invalid/mirror' });
    expect(database.target).toBe('nowhere.invalid:5432/mirror');
    await database.close();
  });
});
