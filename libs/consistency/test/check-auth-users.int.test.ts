import { dmConversation, dmMessage, entities, followEdge, type Entity } from '@ayna/contract';
import { startAuthEmulator, type AuthEmulator } from '@ayna/emulator-auth';
import { openAuthUsers, type AuthUsers } from '@ayna/firebase-auth';
import fc from 'fast-check';
import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkAuthUsers, type AuthCheckOptions, type MissingUser } from '../src/index.ts';
import { openMirrorUnderCheck, type MirrorUnderCheck } from './mirror-under-check.ts';

const recheck = { pauseMs: 1 };

let emulator: AuthEmulator;
let app: App;
let admin: Auth;
let auth: AuthUsers;
let mirror: MirrorUnderCheck;

beforeAll(async () => {
  emulator = await startAuthEmulator();
  process.env.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
  app = initializeApp({ projectId: 'checked' }, 'users');
  admin = getAuth(app);
  auth = await openAuthUsers('checked');
  mirror = await openMirrorUnderCheck();
});
afterAll(async () => {
  await mirror[Symbol.asyncDispose]();
  await auth.close();
  await deleteApp(app);
  await emulator.close();
});
beforeEach(async () => {
  emulator.clear();
  await mirror.clear();
});

const check = (options: Partial<AuthCheckOptions> = {}) =>
  checkAuthUsers({ auth, store: mirror.store, entities, recheck, ...options });

/** One row for each pair: the first follows the second. */
async function follow(...pairs: readonly (readonly [string, string])[]): Promise<void> {
  for (const [user, target] of pairs) {
    await mirror.putRow(`follows/${user}/targets/${target}`, 1n, null);
    await mirror.putRow(`follows/${user}/targets/${target}`, 2n, { status: 'active' });
  }
}

async function createUsers(uids: readonly string[], disabled = false): Promise<void> {
  if (uids.length > 0) await admin.importUsers(uids.map((uid) => ({ uid, disabled })));
}

describe('the check of users', () => {
  test('names each user of SQL that Firebase Auth has not, and which rows hold it', async () => {
    await createUsers(['ada', 'bob']);
    await follow(['ada', 'ghost'], ['bob', 'ada']);
    await mirror.putRow('conversations/c1', 2n, { ownerId: 'ghost', peerIds: ['phantom', 'bob'] });

    const summary = await check();
    expect(summary).toMatchObject({ complete: true, seenInSql: 4, missingInAuth: 2, authUsers: 2 });
    expect(summary.examples.missingInAuth).toEqual([
      { uid: 'ghost', entities: [dmConversation.name, followEdge.name] },
      { uid: 'phantom', entities: [dmConversation.name] },
    ]);
  });

  test('takes a disabled user for one that is there, and counts it', async () => {
    await createUsers(['ada'], true);
    await createUsers(['bob']);
    await follow(['ada', 'bob']);
    expect(await check()).toMatchObject({ seenInSql: 2, missingInAuth: 0, disabled: 1 });
  });

  test('tells of users without rows, which is no fault', async () => {
    await createUsers(['ada', 'bob', 'new', 'quiet']);
    await follow(['ada', 'bob']);
    const summary = await check();
    expect(summary).toMatchObject({ missingInAuth: 0, notSeenInSql: 2, authUsers: 4 });
    expect(summary.examples.notSeenInSql.toSorted()).toEqual(['new', 'quiet']);
  });

  test('does not look at deleted rows', async () => {
    await mirror.putRow('follows/ghost/targets/phantom', 3n, null);
    expect(await check()).toMatchObject({ seenInSql: 0, missingInAuth: 0 });
  });

  test('takes an id that no user can have for a missing user', async () => {
    const tooLong = 'x'.repeat(200);
    await createUsers(['ada']);
    await follow(['ada', tooLong]);
    const { examples } = await check();
    expect(examples.missingInAuth.map(({ uid }) => uid)).toEqual([tooLong]);
  });

  test('holds nothing against a user that comes while it runs', async () => {
    await follow(['late', 'ghost']);
    const summary = await check({ auth: beforeSecondLook(() => createUsers(['late'])) });
    expect(summary.examples.missingInAuth.map(({ uid }) => uid)).toEqual(['ghost']);
  });

  test('holds nothing against a user whose rows go while it runs', async () => {
    await follow(['gone', 'leaving']);
    const summary = await check({
      auth: beforeSecondLook(() => mirror.putRow('follows/gone/targets/leaving', 9n, null)),
    });
    expect(summary).toMatchObject({ seenInSql: 2, missingInAuth: 0 });
  });

  test('names only so many, but counts and tells of all', async () => {
    await follow(...Array.from({ length: 6 }, (_, at) => [`a${at}`, `b${at}`] as const));
    const told: MissingUser[] = [];
    const summary = await check({ maxExamples: 5, onMissing: (user) => void told.push(user) });
    expect(summary.missingInAuth).toBe(12);
    expect(summary.examples.missingInAuth).toHaveLength(5);
    expect(new Set(told.map(({ uid }) => uid)).size).toBe(12);
  });

  test('that is ended early says that it is not complete', async () => {
    await follow(['ada', 'bob']);
    const summary = await check({ signal: AbortSignal.abort() });
    expect(summary.complete).toBe(false);
  });

  test('fails with what went wrong, at either look', async () => {
    await follow(['ada', 'bob']);
    const failing = beforeSecondLook(() => Promise.reject(new Error('away')));
    await expect(check({ auth: failing })).rejects.toThrow('away');
    const refusing = { ...auth, find: () => Promise.reject(new Error('refused')) };
    await expect(check({ auth: refusing })).rejects.toThrow('refused');
  });
});

test('finds what comparing two sets finds, whoever is where', async () => {
  const uid = fc.constantFrom(...'ABabcdef'.split(''), 'ü', 'Z9', '😀', '\uffee', 'a b', "o'x");
  const pairs = fc.array(fc.tuple(uid, uid), { maxLength: 12 });
  const owners = fc.array(fc.tuple(uid, fc.array(uid, { maxLength: 3 })), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(uid),
      pairs,
      owners,
      uid,
      async (there, edges, rooms, author) => {
        emulator.clear();
        await mirror.clear();
        await createUsers(there);
        await follow(...edges);
        for (const [at, [ownerId, peerIds]] of rooms.entries()) {
          await mirror.putRow(`conversations/c${at}`, 2n, { ownerId, peerIds });
          await mirror.putRow(`conversations/c${at}/messages/m`, 2n, { authorId: author });
        }
        const seen = new Map<string, Set<Entity>>();
        const see = (entity: Entity, id: string) =>
          seen.set(id, (seen.get(id) ?? new Set()).add(entity));
        for (const id of edges.flat()) see(followEdge, id);
        for (const [owner, peers] of rooms) {
          for (const id of [owner, ...peers]) see(dmConversation, id);
          see(dmMessage, author);
        }

        const missing = new Map<string, readonly string[]>();
        const summary = await check({
          maxExamples: 100,
          onMissing: (user) => void missing.set(user.uid, user.entities.toSorted()),
        });
        const expected = [...seen].filter(([id]) => !there.includes(id));
        expect(missing).toEqual(
          new Map(
            expected.map(([id, holders]) => [id, [...holders].map(({ name }) => name).sort()]),
          ),
        );
        expect(new Set(summary.examples.notSeenInSql)).toEqual(
          new Set(there.filter((id) => !seen.has(id))),
        );
        expect(summary).toMatchObject({
          seenInSql: seen.size,
          missingInAuth: missing.size,
          authUsers: there.length,
        });
      },
    ),
    { numRuns: 40 },
  );
});

/** The users, with something that happens between the first look at the missing and the second. */
function beforeSecondLook(happens: () => Promise<void>): AuthUsers {
  let looks = 0;
  return {
    ...auth,
    async find(uids) {
      looks += 1;
      if (looks === 2) await happens();
      return auth.find(uids);
    },
  };
}
