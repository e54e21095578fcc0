import { spawn } from 'node:child_process';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import {
  startPglite,
  startScriptedTds,
  type RunningDatabase,
  type TdsError,
} from '@ayna/emulator-sql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EVENTUALLY, startWriter } from './running-writer.ts';

let broker: ServiceBusEmulator;
let database: RunningDatabase;
beforeAll(async () => {
  [broker, database] = await Promise.all([startServiceBusEmulator(), startPglite()]);
});
afterAll(() => Promise.all([broker.close(), database.close()]));

/** Starts the writer with nothing in its environment but these, and waits until it ends. */
function runWriter(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@ayna/source', main], { env });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

const settings = () => ({
  SERVICEBUS_CONNECTION_STRING: broker.connectionString,
  DATABASE_URL: database.url,
  PORT: '0',
});

describe('a writer that cannot start exits with 2 and says', () => {
  test('which variables are missing', async () => {
    const { code, stderr } = await runWriter({});
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL is missing: expected postgres://');
  });

  test('that neither a connection string nor a namespace is there', async () => {
    const { code, stderr } = await runWriter({ DATABASE_URL: database.url });
    expect(code).toBe(2);
    expect(stderr).toContain('SERVICEBUS_CONNECTION_STRING is missing');
  });

  test('which variable has a wrong value, without repeating it', async () => {
    const { code, stderr } = await runWriter({ ...settings(), PORT: 'hush' });
    expect(code).toBe(2);
    expect(stderr).toContain('PORT has a wrong value: expected a whole number from 0 to 65535');
    expect(stderr).not.toContain('hush');
  });

  test('that the name of a stored procedure cannot be one', async () => {
    const { code, stderr } = await runWriter({ ...settings(), SQL_PROC_DM_MESSAGE_UPSERT: 'a; b' });
    expect(code).toBe(2);
    expect(stderr).toContain('SQL_PROC_DM_MESSAGE_UPSERT has a wrong value');
  });

  test('that the database was not migrated', async () => {
    const { code, stderr } = await runWriter(settings());
    expect(code).toBe(2);
    expect(stderr).toContain('SqlSchemaInvalid');
    expect(stderr).toContain('dm_conversations_mirror');
  });
});

const loginFailed: TdsError = {
  number: 18456,
  severity: 14,
  message: "Login failed for user 'scripted'.",
};
const cannotOpen: TdsError = {
  number: 4060,
  severity: 11,
  message: 'Cannot open database "mirror" requested by the login. The login failed.',
};

/** The one line that says why the writer ended; the one behind it says what to do. */
function sentence(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('ConfigInvalid'));
  expect(lines).toHaveLength(1);
  return lines.join();
}

describe('a writer on SQL Server', () => {
  test.each([
    ['a wrong password', loginFailed, []],
    ['a missing database', cannotOpen, [loginFailed]],
  ])('exits with 2 and says so in one sentence: %s', async (_, error, others) => {
    await using server = await startScriptedTds();
    server.onLogin({ kind: 'errors', errors: [error, ...others] });
    const { code, stderr } = await runWriter({ ...settings(), DATABASE_URL: server.url });
    expect(code).toBe(2);
    expect(sentence(stderr)).toContain(
      `(127.0.0.1:${server.port}/mirror): ${error.message ?? ''} (${error.number})`,
    );
    expect(stderr).not.toContain('secret');
  });

  test('waits for what passes, and exits with 2 when that turns into what does not', async () => {
    await using server = await startScriptedTds();
    server.onLogin({ kind: 'errors', errors: [{ number: 40613 }] });
    await using writer = startWriter({ ...settings(), DATABASE_URL: server.url });
    await expect.poll(() => writer.log(), EVENTUALLY).toContain('waiting for SQL before the start');
    server.onLogin({ kind: 'errors', errors: [loginFailed] });
    expect(await writer.exited).toBe(2);
    expect(writer.log()).toContain('(40613)');
    expect(sentence(writer.log())).toContain('(18456)');
  });
});
