import { spawn } from 'node:child_process';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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
