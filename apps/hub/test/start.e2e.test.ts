import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
import { startChild } from '@ayna/processes';
import { describe, expect, test } from 'vitest';

const main = new URL('../src/main.ts', import.meta.url).href;
const SETTINGS = {
  SERVICEBUS_CONNECTION_STRING:
    'Endpoint=sb://127.0.0.1;SharedAccessKeyName=k;SharedAccessKey=a;UseDevelopmentEmulator=true',
  HUB_DATABASE_URL: 'postgres://nobody:hush@127.0.0.1:1/none',
  GOOGLE_CLOUD_PROJECT: 'demo-hub',
  FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
  HUB_ASK_FIRESTORE: 'false',
  HOST: '127.0.0.1',
  PORT: '0',
  HUB_PORT: '0',
};
/** What a hub says that ends by itself. */
const lastWords = async (env: Readonly<Record<string, string>>): Promise<string> => {
  const failed = await startChild(main, { env }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  return (failed as Error).message;
};

describe('a hub that cannot start says', () => {
  test('which variables are missing', async () => {
    const said = await lastWords({});
    expect(said).toContain('GOOGLE_CLOUD_PROJECT is missing');
  });

  test('that the log has no place, as a mirror in SQL Server has none for it', async () => {
    const { HUB_DATABASE_URL, ...rest } = SETTINGS;
    expect(HUB_DATABASE_URL).toBeDefined();
    const said = await lastWords({ ...rest, DATABASE_URL: 'sqlserver://u:p@127.0.0.1/d' });
    expect(said).toContain('HUB_DATABASE_URL is missing: expected postgres://');
  });

  test.each([
    ['HUB_HEARTBEAT_SECONDS', 'hush'],
    ['HUB_MAX_BUFFERED_BYTES', '7'],
    ['HUB_DATABASE_URL', 'sqlserver://hush'],
    ['WEBPUBSUB_HUB', 'hush hush'],
    ['WEBPUBSUB_CONNECTION_STRING', 'hush'],
  ])('that %s has a wrong value, without repeating it', async (name, value) => {
    const said = await lastWords({ ...SETTINGS, [name]: value });
    expect(said).toContain(`${name} has a wrong value: expected`);
    expect(said).not.toContain('hush');
  });

  test('that the subscription is not there', async () => {
    await using broker = await startServiceBusEmulator();
    await using database = await startPglite();
    const hub = await startChild(main, {
      env: {
        ...SETTINGS,
        SERVICEBUS_CONNECTION_STRING: broker.connectionString,
        HUB_DATABASE_URL: database.url,
      },
    });
    const { code, lastWords: said } = await hub.ended;
    expect(code).toBe(2);
    expect(said).toContain('BrokerRejected');
  });
});
