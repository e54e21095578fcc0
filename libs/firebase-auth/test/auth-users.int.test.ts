import { AynaError } from '@ayna/contract';
import { startAuthEmulator, type AuthEmulator } from '@ayna/emulator-auth';
import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAuthUsers, type AuthUsers } from '../src/index.ts';

let emulator: AuthEmulator;
let app: App;
let admin: Auth;
let users: AuthUsers;

beforeAll(async () => {
  emulator = await startAuthEmulator();
  process.env.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
  app = initializeApp({ projectId: 'users' }, 'test');
  admin = getAuth(app);
  users = await openAuthUsers('users');
});
afterAll(async () => {
  await users.close();
  await deleteApp(app);
  await emulator.close();
});
beforeEach(() => emulator.clear());

async function createUsers(count: number): Promise<string[]> {
  const uids = Array.from({ length: count }, (_, at) => `u${String(at).padStart(5, '0')}`);
  for (let at = 0; at < count; at += 1000) {
    const part = uids.slice(at, at + 1000);
    await admin.importUsers(part.map((uid) => ({ uid, disabled: uid.endsWith('7') })));
  }
  return uids;
}

test('finds any number of users, and says who is disabled', async () => {
  const uids = await createUsers(450);
  const found = await users.find([...uids, 'nobody', ...uids]);
  expect([...found.keys()].sort()).toEqual(uids);
  const disabled = [...found.values()].filter((user) => user.disabled).map(({ uid }) => uid);
  expect(disabled.sort()).toEqual(uids.filter((uid) => uid.endsWith('7')));
  expect(await users.find([])).toEqual(new Map());
});

test('does not find ids that no user can have', async () => {
  const [uid = ''] = await createUsers(1);
  const found = await users.find(['', 'x'.repeat(129), 'x'.repeat(128), uid, '\0', 'ü/😀']);
  expect([...found.keys()]).toEqual([uid]);
});

test('lists every user once', async () => {
  const uids = await createUsers(2001);
  const listed: string[] = [];
  for await (const page of users.list()) {
    expect(page.length).toBeLessThanOrEqual(1000);
    listed.push(...page.map(({ uid }) => uid));
  }
  expect(listed.sort()).toEqual(uids);
});

test('lists nobody where there is nobody', async () => {
  for await (const page of users.list()) expect(page).toEqual([]);
});

test('says that Firebase Auth is away, and that waiting helps', async () => {
  const gone = await startAuthEmulator();
  const { host } = gone;
  await gone.close();
  process.env.FIREBASE_AUTH_EMULATOR_HOST = host;
  try {
    await using away = await openAuthUsers('users');
    const failure = await away.find(['somebody']).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AynaError);
    expect(failure).toMatchObject({ code: 'AuthUnavailable', heals: true });
  } finally {
    process.env.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
  }
});
