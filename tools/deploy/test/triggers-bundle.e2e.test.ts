import { entities } from '@ayna/contract';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startIdentityEmulator } from '@ayna/emulator-identity';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
import { startChild } from '@ayna/processes';
import { connectAdministration, mirrorTopology, provisionTopology } from '@ayna/service-bus';
import { migrate, openDatabase, runSql } from '@ayna/sql-gateway';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { manifestOf } from '../src/firebase/discover.ts';
import { installBundle, type InstalledBundle } from './installed-bundle.ts';

const PROJECT = 'triggers-bundle';
const WRITTEN = 'google.cloud.firestore.document.v1.written';

/** Installing a bundle and loading its packages for the first time take their time on a busy machine. */
const DEADLINE_MS = 300_000;

let bundle: InstalledBundle;
beforeAll(async () => {
  bundle = await installBundle('apps/triggers', 'mirror');
}, DEADLINE_MS);
afterAll(() => bundle[Symbol.asyncDispose]());

describe('the bundle of the triggers, installed by npm outside the repository', () => {
  test('has every package that it needs, and none of the workspace', async () => {
    const { installed, missing } = await bundle.listPackages();
    expect(missing).toEqual([]);
    expect(installed).toContain('firebase-functions');
    expect(installed.filter((name) => name.startsWith('@ayna/'))).toEqual([]);
  });

  test('tells Firebase its functions while it has no setting at all', async () => {
    const { endpoints } = await manifestOf(bundle.directory, {});
    expect(Object.keys(endpoints)).toEqual(entities.map(({ functionName }) => functionName).sort());
    for (const { functionName, path } of entities) {
      expect(endpoints[functionName]).toMatchObject({
        platform: 'gcfv2',
        concurrency: 80,
        availableMemoryMb: 512,
        secretEnvironmentVariables: [{ key: 'SERVICEBUS_CONNECTION_STRING' }],
        eventTrigger: {
          eventType: WRITTEN,
          eventFilterPathPatterns: { document: path.pattern },
          retry: true,
        },
      });
    }
  });

  test('tells Firebase the region, the size and the secrets that the settings say', async () => {
    const { endpoints } = await manifestOf(bundle.directory, {
      FUNCTIONS_REGION: 'europe-west1',
      TRIGGERS_MEMORY: '1GiB',
      TRIGGERS_MIN_INSTANCES: '1',
      TRIGGERS_SECRETS: 'none',
      TRIGGERS_SERVICE_ACCOUNT: 'ayna@p.iam.gserviceaccount.com',
      FUNCTIONS_VPC_CONNECTOR: 'projects/p/locations/europe-west1/connectors/c',
    });
    expect(endpoints.mirrorDmMessages).toMatchObject({
      region: ['europe-west1'],
      availableMemoryMb: 1_024,
      minInstances: 1,
      serviceAccountEmail: 'ayna@p.iam.gserviceaccount.com',
      vpc: {
        connector: 'projects/p/locations/europe-west1/connectors/c',
        egressSettings: 'ALL_TRAFFIC',
      },
    });
    expect(endpoints.mirrorDmMessages?.secretEnvironmentVariables ?? []).toEqual([]);
  });

  test('needs no secret with a namespace, as an identity of Azure has no key', async () => {
    const { endpoints } = await manifestOf(bundle.directory, {
      SERVICEBUS_NAMESPACE: 'ayna.servicebus.windows.net',
    });
    expect(endpoints.mirrorDmMessages?.secretEnvironmentVariables ?? []).toEqual([]);
  });

  test.each(['a key', 'an identity of Azure'])(
    'takes events over HTTP as Cloud Functions delivers them, and they end in SQL: with %s',
    async (login) => {
      await using clouds = await startIdentityEmulator();
      const shown: string[] = [];
      await using broker = await startServiceBusEmulator({
        acceptsToken: (token) => {
          if (clouds.tokens().includes(token)) shown.push(token);
          return shown.includes(token) || token.startsWith('SharedAccessSignature ');
        },
      });
      const trusted = join(bundle.directory, 'trusted.pem');
      await writeFile(trusted, `${clouds.certificate}\n${broker.certificate}`);
      const identity = {
        ...clouds.network,
        ...clouds.inGoogle,
        NODE_EXTRA_CA_CERTS: trusted,
        SERVICEBUS_NAMESPACE: `localhost:${broker.port}`,
        AZURE_FEDERATED_BY: 'google',
        AZURE_TENANT_ID: clouds.identity.tenantId,
        AZURE_CLIENT_ID: clouds.identity.clientId,
      };
      const key = { SERVICEBUS_CONNECTION_STRING: broker.connectionString };
      await provisionTopology(
        connectAdministration({
          kind: 'connectionString',
          connectionString: broker.connectionString,
        }),
        mirrorTopology(),
      );
      await using server = await startPglite();
      await using database = openDatabase({ url: server.url, poolSize: 2 });
      await migrate(database);
      await using writer = await startChild(
        fileURLToPath(import.meta.resolve('@ayna/writer/main')),
        {
          env: {
            SERVICEBUS_CONNECTION_STRING: broker.connectionString,
            DATABASE_URL: server.url,
            PORT: '0',
          },
        },
      );
      expect(writer.announcement).toHaveProperty('port');
      await using served = await bundle.serve('mirrorDmMessages', 'cloudevent', {
        ...(login === 'a key' ? key : identity),
        GOOGLE_CLOUD_PROJECT: PROJECT,
        METADATA_SERVER_DETECTION: 'none',
      });
      await using firestore = await startFirestoreEmulator();
      firestore.functions.register({
        eventType: WRITTEN,
        document: 'conversations/{conversationId}/messages/{messageId}',
        url: served.url,
      });
      process.env.FIRESTORE_EMULATOR_HOST = firestore.host;
      process.env.METADATA_SERVER_DETECTION = 'none';
      const app = initializeApp({ projectId: PROJECT });
      const messages = getFirestore(app).collection('conversations/c/messages');
      await messages.doc('kept').set({ authorId: 'ali', body: 'merhaba' });
      await messages.doc('deleted').set({ authorId: 'ali', body: 'geri alındı' });
      await messages.doc('deleted').delete();
      const rows = () =>
        runSql(
          database.kysely,
          'SELECT message_id, author_id, deleted_at IS NOT NULL AS deleted FROM dm_messages_mirror ORDER BY message_id',
        );
      await vi.waitFor(
        async () => {
          expect(await rows(), served.log()).toEqual([
            { message_id: 'deleted', author_id: null, deleted: true },
            { message_id: 'kept', author_id: 'ali', deleted: false },
          ]);
        },
        { timeout: 60_000, interval: 100 },
      );
      expect(shown.length > 0).toBe(login !== 'a key');
      for (const token of clouds.tokens()) expect(served.log()).not.toContain(token);
      await deleteApp(app);
    },
    DEADLINE_MS,
  );
});
