import { startAuthEmulator } from '@ayna/emulator-auth';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startPglite } from '@ayna/emulator-sql';
import { migrate, openDatabase, runSql } from '@ayna/sql-gateway';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { getFirestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestOf } from '../src/firebase/discover.ts';
import { installBundle, type InstalledBundle } from './installed-bundle.ts';

const PROJECT = 'gateway-bundle';

/** Installing a bundle and loading its packages for the first time take their time on a busy machine. */
const DEADLINE_MS = 300_000;

let bundle: InstalledBundle;
beforeAll(async () => {
  bundle = await installBundle('apps/gateway', 'gateway');
}, DEADLINE_MS);
afterAll(() => bundle[Symbol.asyncDispose]());

describe('the bundle of the gateway, installed by npm outside the repository', () => {
  test('has every package that it needs, and none of the workspace', async () => {
    const { installed, missing } = await bundle.listPackages();
    expect(missing).toEqual([]);
    expect(installed).toContain('mssql');
    expect(installed.filter((name) => name.startsWith('@ayna/'))).toEqual([]);
  });

  test('tells Firebase its callables while it has no setting at all', async () => {
    const { endpoints } = await manifestOf(bundle.directory, {});
    expect(Object.keys(endpoints).sort()).toEqual([
      'sqlGatewayEnsureConversation',
      'sqlGatewayEnsureFollow',
      'sqlGatewayEnsureMessage',
      'sqlGatewayListConversations',
      'sqlGatewayListFollowers',
      'sqlGatewayListFollowing',
      'sqlGatewayListMessages',
    ]);
    for (const endpoint of Object.values(endpoints)) {
      expect(endpoint).toMatchObject({
        callableTrigger: {},
        maxInstances: 20,
        secretEnvironmentVariables: [{ key: 'DATABASE_URL' }],
      });
    }
  });

  test(
    'answers a call over HTTP, and the message that it ensures is in SQL',
    async () => {
      await using server = await startPglite();
      await using database = openDatabase({ url: server.url, poolSize: 2 });
      await migrate(database);
      await using firestore = await startFirestoreEmulator();
      await using auth = await startAuthEmulator({ projectId: PROJECT });
      const ends = {
        FIREBASE_AUTH_EMULATOR_HOST: auth.host,
        FIRESTORE_EMULATOR_HOST: firestore.host,
        METADATA_SERVER_DETECTION: 'none',
      };
      Object.assign(process.env, ends);
      const app = initializeApp({ projectId: PROJECT });
      const documents = getFirestore(app);
      await documents.doc('conversations/c').set({ ownerId: 'ali', peerIds: ['veli'] });
      await documents.doc('conversations/c/messages/m').set({ authorId: 'ali', body: 'merhaba' });

      await using served = await bundle.serve('sqlGatewayEnsureMessage', 'http', {
        ...ends,
        DATABASE_URL: server.url,
        GATEWAY_ENFORCE_APP_CHECK: 'false',
        GOOGLE_CLOUD_PROJECT: PROJECT,
      });
      const call = async (headers: Readonly<Record<string, string>>) => {
        const response = await fetch(served.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ data: { conversationId: 'c', messageId: 'm' } }),
        });
        return { status: response.status, body: await response.json() };
      };
      expect(await call({})).toMatchObject({ status: 401 });
      const authorization = `Bearer ${await idToken(auth.host, await getAuth(app).createCustomToken('veli'))}`;
      expect(await call({ authorization }), served.log()).toMatchObject({
        status: 200,
        body: { result: { outcome: 'applied', exists: true } },
      });
      const rows = await runSql(database.kysely, 'SELECT message_id, body FROM dm_messages_mirror');
      expect(rows).toEqual([{ message_id: 'm', body: 'merhaba' }]);
      await deleteApp(app);
    },
    DEADLINE_MS,
  );
});

/** What a client gets for a custom token when it signs in. */
async function idToken(host: string, token: string): Promise<string> {
  const response = await fetch(
    `http://${host}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken?key=any`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, returnSecureToken: true }),
    },
  );
  return ((await response.json()) as { idToken: string }).idToken;
}
