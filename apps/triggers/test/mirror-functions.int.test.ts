import { defineEntity, entities, field, type MirrorEvent } from '@ayna/contract';
import { startFirestoreEmulator, type FirestoreEmulator } from '@ayna/emulator-firestore';
import type { Publisher } from '@ayna/publisher';
import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mirrorFunctions } from '../src/mirror-functions.ts';

/** An entity of a team's own, known to nobody but this test. */
const profile = defineEntity({
  name: 'user.profile',
  path: 'profiles/{userId}',
  functionName: 'mirrorUserProfiles',
  table: 'UserProfilesMirror',
  procedures: {
    upsert: 'sp_UpsertUserProfile',
    delete: 'sp_DeleteUserProfile',
    purge: 'sp_PurgeUserProfile',
  },
  fields: { visits: field.integer() },
});

let emulator: FirestoreEmulator;
let app: App;
let firestore: Firestore;
let published: MirrorEvent[] = [];
let failures = 0;

const publisher: Publisher = {
  publish: (event) => {
    if (failures > 0) {
      failures -= 1;
      return Promise.reject(new Error('the broker is away'));
    }
    published.push(event);
    return Promise.resolve();
  },
  close: () => Promise.resolve(),
};

beforeAll(async () => {
  emulator = await startFirestoreEmulator({ delivery: { minBackoffMs: 1, log: () => undefined } });
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  app = initializeApp({ projectId: 'triggers-test' });
  firestore = getFirestore(app);
  firestore.settings({ useBigInt: true });
  const functions = mirrorFunctions([...entities, profile], () => Promise.resolve(publisher));
  for (const [name, mirror] of Object.entries(functions)) {
    emulator.functions.register(mirror, { name });
  }
});
afterAll(async () => {
  await deleteApp(app);
  await emulator.close();
});
beforeEach(() => {
  published = [];
  failures = 0;
});

describe('the trigger functions', () => {
  test('publish each change of a document with the version of its commit', async () => {
    const document = firestore.doc('conversations/c/messages/m');
    const created = await document.create({ body: 'merhaba' });
    const updated = await document.update({ body: 'selam' });
    const deleted = await document.delete();
    await emulator.functions.drain();

    const versions = [created, updated, deleted].map(
      ({ writeTime }) =>
        BigInt(writeTime.seconds) * 1_000_000n + BigInt(writeTime.nanoseconds / 1_000),
    );
    const inOrder = published.sort((a, b) => a.data.sourceVersion.compare(b.data.sourceVersion));
    expect(inOrder.map(({ type }) => type)).toEqual([
      'dm.message.create',
      'dm.message.update',
      'dm.message.delete',
    ]);
    expect(inOrder.map(({ data }) => data.sourceVersion.micros)).toEqual(versions);
    expect(inOrder[1]?.data).toMatchObject({
      key: { conversationId: 'c', messageId: 'm' },
      document: '{"body":"selam"}',
      previousDocument: '{"body":"merhaba"}',
    });
  });

  test('carry 64-bit integers exactly', async () => {
    await firestore.doc('profiles/ö').set({ visits: 9_007_199_254_740_993n });
    await emulator.functions.drain();
    expect(published[0]).toMatchObject({
      type: 'user.profile.create',
      data: { document: '{"visits":{"__datatype__":"integer","value":"9007199254740993"}}' },
    });
  });

  test('fail when publishing fails, so that the same event is delivered again', async () => {
    failures = 3;
    await firestore.doc('follows/a/targets/b').set({ edgeType: 'follow' });
    await emulator.functions.drain();
    expect(failures).toBe(0);
    expect(published.map(({ type }) => type)).toEqual(['follow.edge.create']);
  });

  test('leave documents outside the contract alone', async () => {
    await firestore.doc('elsewhere/x').set({ a: 1 });
    await emulator.functions.drain();
    expect(published).toEqual([]);
  });
});
