import {
  createMirrorClient,
  memoryStorage,
  type ClientIssue,
  type MirrorClient,
} from '@ayna/client';
import type { ClientFlags, ListView, MessageRow, ReadPhase } from '@ayna/client';
import { callablePort, firestorePort } from '@ayna/client/firebase';
import { deleteApp, initializeApp, type FirebaseApp } from 'firebase/app';
import { connectAuthEmulator, getAuth, signInWithCustomToken } from 'firebase/auth';
import { connectFirestoreEmulator, getFirestore } from 'firebase/firestore';
import { connectFunctionsEmulator, getFunctions } from 'firebase/functions';
import { getAuth as getAdminAuth } from 'firebase-admin/auth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExample, type Example } from '../src/start-example.ts';

const PATIENCE = { timeout: 45_000, interval: 50 };
let example: Example;
let apps: FirebaseApp[] = [];
let clients: MirrorClient[] = [];

beforeAll(async () => {
  example = await startExample();
});
afterAll(async () => {
  for (const client of clients) client.close();
  for (const app of apps) await deleteApp(app);
  clients = [];
  apps = [];
  await example.close();
});

/** A device of a user, with Firebase's own SDK, in a phase that the test sets. */
async function device(
  userId: string,
): Promise<{ client: MirrorClient; issues: ClientIssue[]; setPhase: (phase: ReadPhase) => void }> {
  const app = initializeApp({ projectId: 'demo-ayna', apiKey: 'any' }, `${userId}-${apps.length}`);
  apps.push(app);
  const auth = getAuth(app);
  const authHost = process.env.FIREBASE_AUTH_EMULATOR_HOST ?? '';
  connectAuthEmulator(auth, `http://${authHost}`, { disableWarnings: true });
  await signInWithCustomToken(auth, await getAdminAuth().createCustomToken(userId));
  const firestore = getFirestore(app);
  connectFirestoreEmulator(firestore, '127.0.0.1', example.ends.firestore.port);
  const functions = getFunctions(app);
  connectFunctionsEmulator(functions, '127.0.0.1', example.gatewayPort);
  let phase: ReadPhase = 'A';
  const listeners = new Set<() => void>();
  const flags: ClientFlags = {
    doubleWrite: () => true,
    readPhase: () => phase,
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
  const issues: ClientIssue[] = [];
  const client = createMirrorClient({
    userId,
    firestore: firestorePort(firestore),
    gateway: callablePort(functions),
    storage: memoryStorage(),
    flags,
    onIssue: (issue) => issues.push(issue),
    readIntervals: { pollMs: 200, verifyMs: 200, compareMs: 200 },
    phaseLimits: { maxP95Ms: 60_000, recoverP95Ms: 60_000 },
  });
  clients.push(client);
  return {
    client,
    issues,
    setPhase: (to) => {
      phase = to;
      for (const listener of listeners) listener();
    },
  };
}

const bodies = (view: ListView<MessageRow> | undefined) => view?.rows.map(({ body }) => body);

describe('the client on real ends', () => {
  test('shows the same pages in every phase, and the changes of another device', async () => {
    const conversationId = 'pages';
    const [ada, bob] = [await device('ada'), await device('bob')];
    await ada.client.messaging.startConversation(conversationId, ['bob']);
    const expected: string[] = [];
    for (let at = 0; at < 12; at += 1) {
      expected.unshift(`m ${at}`);
      const message = { conversationId, messageId: `m${at}`, body: `m ${at}` };
      await ada.client.messaging.sendMessage(message).sent;
    }
    let view: ListView<MessageRow> | undefined;
    const list = bob.client.messages.watch(conversationId, (next) => (view = next), 5);
    await expect.poll(() => bodies(view), PATIENCE).toEqual(expected.slice(0, 5));
    list.loadMore();
    await expect.poll(() => bodies(view), PATIENCE).toEqual(expected.slice(0, 10));
    expect(view).toMatchObject({ source: 'firestore', phase: 'A', hasMore: true });

    for (const phase of ['B', 'C'] as const) {
      bob.setPhase(phase);
      await expect.poll(() => view, PATIENCE).toMatchObject({ source: 'sql', phase });
      await expect.poll(() => bodies(view), PATIENCE).toEqual(expected.slice(0, 10));
    }
    list.loadMore();
    await expect.poll(() => bodies(view), PATIENCE).toEqual(expected);
    expect(view?.hasMore).toBe(false);

    await ada.client.messaging.editMessage(conversationId, 'm11', 'changed');
    await ada.client.messaging.deleteMessage(conversationId, 'm0');
    const after = ['changed', ...expected.slice(1, -1)];
    await expect.poll(() => bodies(view), PATIENCE).toEqual(after);
    expect(bob.issues.filter(({ kind }) => kind === 'drift')).toEqual([]);
    list.close();
  });

  test('shows its own change at once and never the state before it again', async () => {
    const conversationId = 'own-writes';
    const { client, setPhase } = await device('ada');
    setPhase('C');
    await client.messaging.startConversation(conversationId, ['bob']);
    const { messageId, sent } = client.messaging.sendMessage({ conversationId, body: 'first' });
    const views: unknown[] = [];
    const list = client.messages.watch(conversationId, (view) => views.push(bodies(view)));
    await sent;
    await expect.poll(() => client.queue.size(), PATIENCE).toBe(0);
    await expect.poll(() => views.at(-1), PATIENCE).toEqual(['first']);
    views.length = 0;
    const edited = client.messaging.editMessage(conversationId, messageId, 'second');
    expect(views).toEqual([['second']]);
    await edited;
    await expect.poll(() => client.queue.size(), PATIENCE).toBe(0);
    await expect.poll(() => views.length, PATIENCE).toBeGreaterThan(5);
    expect(views.every((view) => JSON.stringify(view) === '["second"]')).toBe(true);
    list.close();
  });

  test('tells whom the user follows and who follows', async () => {
    const [ada, bob] = [await device('ada'), await device('bob')];
    await bob.client.following.follow('ada', 'close-friend');
    await expect
      .poll(async () => (await ada.client.follows.listFollowers()).rows, PATIENCE)
      .toMatchObject([{ userId: 'bob', targetId: 'ada', edgeType: 'close-friend' }]);
    bob.setPhase('B');
    let following: readonly string[] | undefined;
    const list = bob.client.follows.watchFollowing(({ rows, source }) => {
      if (source === 'sql') following = rows.map(({ targetId }) => targetId);
    });
    await expect.poll(() => following, PATIENCE).toEqual(['ada']);
    await bob.client.following.unfollow('ada');
    await expect.poll(() => following, PATIENCE).toEqual([]);
    list.close();
  });

  test('gives up what the gateway refuses for good, and measures what it answers', async () => {
    const { client, issues } = await device('ada');
    const request = { conversationId: 'nobody-knows', messageId: 'm' };
    await client.writer.write('dm', () => Promise.resolve(), [
      { name: 'sqlGatewayEnsureMessage', request },
    ]);
    await expect
      .poll(() => issues, PATIENCE)
      .toContainEqual({
        kind: 'writeDropped',
        call: 'sqlGatewayEnsureMessage',
        reason: 'refused',
      });
    expect(await client.queue.size()).toBe(0);
    await client.follows.listFollowers();
    expect(client.latency.figures('followSqlMirror')).toMatchObject({ count: 1 });
  });
});
