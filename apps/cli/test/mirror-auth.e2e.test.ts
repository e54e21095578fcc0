import { entities, followEdge, SourceVersion } from '@ayna/contract';
import { startAuthEmulator, type AuthEmulator } from '@ayna/emulator-auth';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import { startPglite, type RunningDatabase } from '@ayna/emulator-sql';
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ayna } from './ayna.ts';

let auth: AuthEmulator;
let firestore: FirestoreEmulator;
let server: RunningDatabase;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [auth, firestore, server] = await Promise.all([
    startAuthEmulator({ projectId: 'cli' }),
    startFirestoreEmulator(),
    startPglite(),
  ]);
  env = {
    FIREBASE_AUTH_EMULATOR_HOST: auth.host,
    FIRESTORE_EMULATOR_HOST: firestore.host,
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_CLOUD_PROJECT: 'cli',
    DATABASE_URL: server.url,
    CHECK_PAUSE_MS: '1',
  };
  await fill();
});
afterAll(async () => {
  await Promise.all([auth.close(), firestore.close(), server.close()]);
});

/** Two users who follow each other, of whom Firebase Auth has only the first, and a third one. */
async function fill(): Promise<void> {
  await using database = openDatabase({ url: server.url });
  await migrate(database);
  const store = openMirrorStore({ database, entities });
  const columns = Object.fromEntries(Object.keys(followEdge.fields).map((name) => [name, null]));
  await store.apply([
    {
      entity: followEdge,
      key: { userId: 'ada', targetId: 'ghost' },
      columns,
      sourceVersion: SourceVersion.fromMicros(1n),
      eventId: 'e',
      syncSource: 'trigger',
      retryCount: 0,
    },
  ]);
  const accounts = `http://${auth.host}/identitytoolkit.googleapis.com/v1/projects/cli/accounts`;
  for (const localId of ['ada', 'quiet']) {
    const headers = { authorization: 'Bearer owner' };
    await fetch(accounts, { method: 'POST', headers, body: JSON.stringify({ localId }) });
  }
}

/** The row has no document, which is not what this is about. */
const documentsAside = ['--max-drift', '100'];

describe('ayna mirror check --auth', () => {
  test('ends with 1 when users are missing, and names them', async () => {
    const { code, stdout } = await ayna(['mirror', 'check', '--auth', ...documentsAside], env);
    expect(code).toBe(1);
    expect(stdout).toContain('missingInAuth ghost (follow.edge)');
    expect(stdout).toContain('1 users in SQL are not in Firebase Auth, more than 0');
  });

  test('ends with 0 when so many may be missing, and reports the users as JSON', async () => {
    const { code, stdout } = await ayna(
      ['mirror', 'check', '--auth', '--max-missing-in-auth', '1', '--json', ...documentsAside],
      env,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      passed: true,
      total: { missingInFirestore: 1 },
      auth: {
        complete: true,
        seenInSql: 2,
        missingInAuth: 1,
        authUsers: 2,
        notSeenInSql: 1,
        thresholds: { maxMissingInAuth: 1 },
        examples: { missingInAuth: [{ uid: 'ghost', entities: ['follow.edge'] }] },
      },
    });
    expect(code).toBe(0);
  });

  test('asks for no users unless told to', async () => {
    const { code, stdout } = await ayna(['mirror', 'check', '--json', ...documentsAside], {
      ...env,
      FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty('auth');
  });

  test('says that Firebase Auth cannot be reached', async () => {
    const { code, stderr } = await ayna(['mirror', 'check', '--auth', ...documentsAside], {
      ...env,
      FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('AuthUnavailable');
  });
});
