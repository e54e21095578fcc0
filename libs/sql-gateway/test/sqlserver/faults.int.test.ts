import { startScriptedTds, type ScriptedTds, type TdsAnswer } from '@ayna/emulator-sql';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { openDatabase, sqlError, type Database } from '../../src/index.ts';
import { runSql } from '../../src/run-sql.ts';

/** The errors that Azure SQL and SQL Server name as passing. */
const PASSING = [1205, 4060, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920];

let server: ScriptedTds;
beforeEach(async () => {
  server = await startScriptedTds();
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (options: Partial<Parameters<typeof openDatabase>[0]> = {}): Database =>
  openDatabase({ url: server.url, poolSize: 2, ...options });
const errors = (...numbers: number[]): TdsAnswer => ({
  kind: 'errors',
  errors: numbers.map((number) => ({ number })),
});
const success: TdsAnswer = { kind: 'success', rows: [7] };

/** Runs a statement as the store does, and gives what a person would be told of an error. */
async function ask({ kysely, target }: Database, parameters: unknown[] = []): Promise<unknown> {
  try {
    return await runSql(kysely, 'SELECT 1', parameters);
  } catch (error) {
    throw sqlError(error, `reading (${target})`);
  }
}

const away = { code: 'SqlUnavailable', heals: true };

describe('an error that passes', () => {
  test.each(PASSING)(
    'at a statement is an outage, and the next one succeeds: %i',
    async (number) => {
      await using database = open();
      server.onStatement(errors(number));
      await expect(ask(database)).rejects.toMatchObject(away);
      await expect(ask(database, ['with parameters'])).rejects.toMatchObject(away);
      server.onStatement(success);
      expect(await ask(database)).toEqual([{ answer: 7 }]);
      expect(await ask(database, ['with parameters'])).toEqual([{ answer: 7 }]);
    },
  );

  test.each(PASSING)('at a login is an outage, and the next one succeeds: %i', async (number) => {
    await using database = open();
    await ask(database);
    server.dropConnections();
    server.onLogin(errors(number));
    await expect(ask(database)).rejects.toMatchObject(away);
    await expect(ask(database)).rejects.toThrow(`(${number})`);
    server.onLogin(success);
    expect(await ask(database)).toEqual([{ answer: 1 }]);
  });

  test.each(PASSING.filter((number) => number !== 4060))(
    'at the first login of all does not spoil the pool: %i',
    async (number) => {
      await using database = open();
      server.onLogin(errors(number));
      await expect(ask(database)).rejects.toMatchObject(away);
      server.onLogin(success);
      expect(await ask(database)).toEqual([{ answer: 1 }]);
    },
  );

  test('that also closes the connection is an outage, and the next one succeeds', async () => {
    await using database = open();
    server.onStatement({ kind: 'errors', errors: [{ number: 40197, severity: 20 }] });
    await expect(ask(database)).rejects.toMatchObject(away);
    server.onStatement(success);
    expect(await ask(database)).toEqual([{ answer: 7 }]);
  });
});

describe('a connection', () => {
  test.each(['login', 'statement'])(
    'that is reset at a %s is an outage, and recovers',
    async (at) => {
      await using database = open();
      const set = at === 'login' ? server.onLogin : server.onStatement;
      set({ kind: 'reset' });
      await expect(ask(database)).rejects.toMatchObject(away);
      set(success);
      await expect(ask(database)).resolves.toHaveLength(1);
    },
  );

  test('that is silent at the login is given up after the time set for that', async () => {
    await using database = open({ connectTimeoutMs: 150 });
    server.onLogin({ kind: 'silence' });
    await expect(ask(database)).rejects.toMatchObject(away);
    server.onLogin(success);
    expect(await ask(database)).toEqual([{ answer: 1 }]);
  });

  test('on which a statement took too long and was cancelled is used again', async () => {
    await using database = open({ poolSize: 1, statementTimeoutMs: 100 });
    await ask(database);
    const logins = server.logins();
    server.onStatement({ kind: 'slow' });
    await expect(ask(database)).rejects.toMatchObject(away);
    server.onStatement(success);
    expect(await ask(database)).toEqual([{ answer: 7 }]);
    expect(server.logins()).toBe(logins);
  });

  test('on which the server fell silent is closed and not used again', async () => {
    await using database = open({ poolSize: 1, statementTimeoutMs: 100 });
    await ask(database);
    const logins = server.logins();
    server.onStatement({ kind: 'silence' });
    await expect(ask(database)).rejects.toMatchObject(away);
    await expect.poll(() => server.connections()).toBe(0);
    server.onStatement(success);
    expect(await ask(database)).toEqual([{ answer: 7 }]);
    expect(server.logins()).toBe(logins + 1);
  });

  test('that the pool cannot give in time is an outage', async () => {
    await using database = open({ poolSize: 1, connectTimeoutMs: 150, statementTimeoutMs: 1_000 });
    server.onStatement({ kind: 'slow' });
    const first = ask(database);
    const second = ask(database);
    await expect(second).rejects.toMatchObject(away);
    await expect(first).rejects.toMatchObject(away);
  });

  test('of several first uses is tried once for all of them', async () => {
    await using database = open();
    server.onLogin(errors(40613));
    const uses = Array.from({ length: 10 }, () => ask(database));
    for (const use of uses) await expect(use).rejects.toMatchObject(away);
    expect(server.logins()).toBe(1);
    server.onLogin(success);
    expect(await Promise.all([ask(database), ask(database)])).toHaveLength(2);
  });
});

describe('one clear sentence tells of', () => {
  test('a wrong password', async () => {
    await using database = open();
    server.onLogin({
      kind: 'errors',
      errors: [{ number: 18456, severity: 14, message: "Login failed for user 'scripted'." }],
    });
    await expect(ask(database)).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: `reading (127.0.0.1:${server.port}/mirror): Login failed for user 'scripted'. (18456)`,
    });
  });

  test('a database that is missing when the program starts', async () => {
    await using database = open();
    server.onLogin({
      kind: 'errors',
      errors: [
        {
          number: 4060,
          severity: 11,
          message: 'Cannot open database "mirror" requested by the login. The login failed.',
        },
        { number: 18456, severity: 14, message: "Login failed for user 'scripted'." },
      ],
    });
    await expect(ask(database)).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: `reading (127.0.0.1:${server.port}/mirror): Cannot open database "mirror" requested by the login. The login failed. (4060)`,
    });
  });

  test('a server that wants encryption, or has none', async () => {
    await using database = open({ url: server.url.replace('?encrypt=false', '') });
    await expect(ask(database)).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: expect.stringContaining('encrypt') as string,
    });
  });
});

describe('with Entra ID', () => {
  test('each new connection brings a token that was asked for then', async () => {
    await using entra = await startScriptedTds({ entraId: true });
    let asked = 0;
    const accessToken = (): Promise<string> => Promise.resolve(`token ${(asked += 1)}`);
    await using database = open({ url: entra.url, poolSize: 1, accessToken });
    await ask(database);
    entra.dropConnections();
    await expect.poll(() => ask(database).catch(() => undefined)).toHaveLength(1);
    expect(entra.tokens()).toHaveLength(asked);
    expect(new Set(entra.tokens()).size).toBe(asked);
    expect(asked).toBeGreaterThan(1);
  });

  test.each([
    [400, 'ConfigInvalid'],
    [503, 'SqlUnavailable'],
  ])('the answer %i to a request for a token is %s', async (statusCode, code) => {
    await using entra = await startScriptedTds({ entraId: true });
    const refusal = Object.assign(new Error('no token'), {
      name: 'AuthenticationError',
      statusCode,
    });
    const accessToken = (): Promise<string> => Promise.reject(refusal);
    await using database = open({ url: entra.url, accessToken });
    await expect(ask(database)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('no token') as string,
    });
  });

  test('a token given as text logs in without a user', async () => {
    const url = server.url.replace('scripted:secret@', '');
    await using database = open({ url, accessToken: 'a token' });
    expect(await ask(database)).toEqual([{ answer: 1 }]);
  });
});

describe('a transaction', () => {
  const change = ({ kysely }: Database, catching = false): Promise<void> =>
    kysely.transaction().execute(async (transaction) => {
      const statement = runSql(transaction, 'UPDATE t SET a = @1', [1]);
      await (catching ? statement.catch(() => undefined) : statement);
    });

  test('is committed', async () => {
    await using database = open();
    await change(database);
    expect(server.commits()).toBe(1);
  });

  test('that the server ended is not committed, even by those who ignore the error', async () => {
    await using database = open({ poolSize: 1 });
    server.onStatement({
      kind: 'errors',
      errors: [{ number: 1205, severity: 13 }],
      rollsBack: true,
    });
    await expect(change(database)).rejects.toMatchObject({ kind: 'unavailable', number: 1205 });
    await expect(change(database, true)).rejects.toMatchObject({ number: 1205 });
    expect(server.commits()).toBe(0);
    server.onStatement(success);
    await change(database);
    expect(server.commits()).toBe(1);
  });

  test('whose connection is lost is told by the error that lost it, and recovers', async () => {
    await using database = open({ poolSize: 1 });
    server.onStatement({ kind: 'reset' });
    await expect(change(database)).rejects.toMatchObject({ kind: 'unavailable' });
    server.onStatement(success);
    await change(database);
    expect(server.commits()).toBe(1);
  });
});

describe('closing', () => {
  test('waits for the statement that runs, and may be asked for twice', async () => {
    const database = open({ statementTimeoutMs: 300 });
    server.onStatement({ kind: 'slow' });
    let running = true;
    const statement = ask(database).catch(() => (running = false));
    await expect.poll(() => server.statements()).toBe(1);
    await Promise.all([database.close(), database.close()]);
    expect(running).toBe(false);
    await statement;
    await expect.poll(() => server.connections()).toBe(0);
  });

  test('a database that was never used, or never reached, is as good as any', async () => {
    await open().close();
    const database = open();
    server.onLogin(errors(40613));
    const use = ask(database);
    await Promise.all([expect(use).rejects.toMatchObject(away), database.close()]);
  });
});
