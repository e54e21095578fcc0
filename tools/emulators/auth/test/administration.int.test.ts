import { createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { signInWithEmailAndPassword } from '@firebase/auth';
import type { UserImportOptions } from 'firebase-admin/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { importMany, startAuth, type RunningAuth } from './running-auth.ts';

let running: RunningAuth;
beforeAll(async () => {
  running = await startAuth();
});
afterAll(() => running[Symbol.asyncDispose]());
beforeEach(() => running.emulator.clear());

const ada = {
  uid: 'ada',
  email: 'Ada@Example.com',
  phoneNumber: '+15555550001',
  password: 'secret-1',
  displayName: 'Ada',
};

describe('a user that a server creates', () => {
  test('is found by id, address, phone and provider', async () => {
    const { admin } = running;
    await admin.createUser(ada);
    await admin.updateUser('ada', { providerToLink: { providerId: 'google.com', uid: 'g-1' } });

    for (const user of [
      await admin.getUser('ada'),
      await admin.getUserByEmail('ada@example.com'),
      await admin.getUserByPhoneNumber('+15555550001'),
      await admin.getUserByProviderUid('google.com', 'g-1'),
    ]) {
      expect(user.uid).toBe('ada');
    }
    const user = await admin.getUser('ada');
    expect(user.email).toBe('ada@example.com');
    expect(user.providerData.map(({ providerId }) => providerId)).toEqual([
      'google.com',
      'password',
      'phone',
    ]);
  });

  test('gets an id of 28 letters and digits when none is given', async () => {
    const { uid } = await running.admin.createUser({});
    expect(uid).toMatch(/^[A-Za-z0-9]{28}$/);
  });

  test('cannot have the id, address or phone of another', async () => {
    const { admin } = running;
    await admin.createUser(ada);
    await expect(admin.createUser({ uid: 'ada' })).rejects.toMatchObject({
      code: 'auth/uid-already-exists',
    });
    await expect(admin.createUser({ email: 'ADA@example.com' })).rejects.toMatchObject({
      code: 'auth/email-already-exists',
    });
    await expect(admin.createUser({ phoneNumber: '+15555550001' })).rejects.toMatchObject({
      code: 'auth/phone-number-already-exists',
    });
    await admin.createUser({ uid: 'bob' });
    await expect(admin.updateUser('bob', { email: ada.email })).rejects.toMatchObject({
      code: 'auth/email-already-exists',
    });
  });

  test('frees its address and phone when they change or it is deleted', async () => {
    const { admin } = running;
    await admin.createUser(ada);
    await admin.updateUser('ada', { email: 'new@example.com', phoneNumber: null });
    await admin.createUser({ uid: 'bob', email: ada.email, phoneNumber: ada.phoneNumber });
    await admin.deleteUser('bob');
    await expect(admin.getUserByEmail(ada.email)).rejects.toMatchObject({
      code: 'auth/user-not-found',
    });
    await expect(admin.updateUser('bob', { displayName: 'B' })).rejects.toMatchObject({
      code: 'auth/user-not-found',
    });
    await expect(admin.deleteUser('bob')).rejects.toMatchObject({ code: 'auth/user-not-found' });
  });
});

describe('many users', () => {
  test('are listed once each, page by page, whatever the size of a page', async () => {
    const { admin } = running;
    const uids = await importMany(admin, 'u', 2500);
    for (const size of [1000, 999, 1]) {
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const page = await admin.listUsers(size, token);
        seen.push(...page.users.map(({ uid }) => uid));
        token = page.pageToken;
      } while (token && seen.length < 1200 + size);
      expect(seen).toEqual(uids.slice(0, seen.length));
      if (size > 1) expect(seen).toHaveLength(2500);
    }
  });

  test('are looked for 100 at a time, and those who are not there are named', async () => {
    const { admin } = running;
    await importMany(admin, 'u', 99);
    const wanted = Array.from({ length: 100 }, (_, at) => ({
      uid: `u${String(at).padStart(6, '0')}`,
    }));
    const { users, notFound } = await admin.getUsers(wanted);
    expect(users).toHaveLength(99);
    expect(notFound).toEqual([{ uid: 'u000099' }]);
  });

  test('are deleted together, and who was not there counts as deleted', async () => {
    const { admin } = running;
    const uids = await importMany(admin, 'u', 3);
    const result = await admin.deleteUsers([...uids, 'nobody']);
    expect(result).toMatchObject({ successCount: 4, failureCount: 0 });
    expect((await admin.listUsers()).users).toEqual([]);
  });

  test('of one project are not those of another, and are cleared apart', async () => {
    const { admin, emulator } = running;
    await importMany(admin, 'u', 2);
    const url = (project: string) =>
      `http://${emulator.host}/emulator/v1/projects/${project}/accounts`;
    expect((await fetch(url('another'), { method: 'DELETE' })).status).toBe(200);
    expect((await admin.listUsers()).users).toHaveLength(2);
    expect((await fetch(url('demo-auth'), { method: 'DELETE' })).status).toBe(200);
    expect((await admin.listUsers()).users).toHaveLength(0);
  });
});

describe('an import', () => {
  test('takes the users that are right and names the others', async () => {
    const { admin } = running;
    await admin.createUser({ uid: 'taken', email: 'taken@example.com' });
    const { successCount, errors } = await admin.importUsers([
      { uid: 'fine', email: 'fine@example.com', customClaims: { admin: true } },
      { uid: 'clash', email: 'taken@example.com' },
      { uid: 'letters', phoneNumber: '+1letters' },
    ]);
    expect(successCount).toBe(1);
    expect(errors.map(({ index }) => index)).toEqual([1, 2]);
    expect((await admin.getUser('fine')).customClaims).toEqual({ admin: true });
  });

  const password = 'brought along';
  const salt = 'NaCl';
  const salted = (...parts: string[]) => parts.join('');
  const hashes: [string, UserImportOptions['hash'], Buffer][] = [
    [
      'HMAC_SHA256',
      { algorithm: 'HMAC_SHA256', key: Buffer.from('key') },
      createHmac('sha256', 'key').update(salted(password, salt)).digest(),
    ],
    [
      'SHA512 in two rounds',
      { algorithm: 'SHA512', rounds: 2 },
      createHash('sha512')
        .update(createHash('sha512').update(salted(salt, password)).digest())
        .digest(),
    ],
    [
      'MD5 in hexadecimal',
      { algorithm: 'MD5', rounds: 0 },
      Buffer.from(createHash('md5').update(salted(salt, password)).digest('hex')),
    ],
    [
      'PBKDF2_SHA256',
      { algorithm: 'PBKDF2_SHA256', rounds: 1000 },
      pbkdf2Sync(password, salt, 1000, 64, 'sha256'),
    ],
    [
      'STANDARD_SCRYPT',
      {
        algorithm: 'STANDARD_SCRYPT',
        memoryCost: 1024,
        blockSize: 8,
        parallelization: 2,
        derivedKeyLength: 64,
      },
      scryptSync(password, salt, 64, { N: 1024, r: 8, p: 2 }),
    ],
  ];

  test.each(hashes)(
    'lets a user with a hash of %s sign in as before',
    async (_, hash, passwordHash) => {
      const { admin, web } = running;
      const email = 'moved@example.com';
      const user = { uid: 'moved', email, passwordHash, passwordSalt: Buffer.from(salt) };
      expect(await admin.importUsers([user], { hash })).toMatchObject({ successCount: 1 });
      await expect(signInWithEmailAndPassword(web, email, 'another one')).rejects.toMatchObject({
        code: 'auth/wrong-password',
      });
      const { user: signedIn } = await signInWithEmailAndPassword(web, email, password);
      expect(signedIn.uid).toBe('moved');
    },
  );
});

describe('a request', () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`http://${running.emulator.host}/identitytoolkit.googleapis.com/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('of a server needs its credentials, one of a client an API key', async () => {
    expect((await post('projects/demo-auth/accounts:lookup', {})).status).toBe(401);
    const strange = { authorization: 'Bearer strange' };
    expect((await post('projects/demo-auth/accounts:lookup', {}, strange)).status).toBe(401);
    expect((await post('accounts:signUp', {})).status).toBe(403);
    expect((await post('accounts:signUp?key=any', {})).status).toBe(200);
    const withHeader = await post('accounts:signUp', {}, { 'x-goog-api-key': 'any' });
    expect(withHeader.status).toBe(200);
  });

  test('that cannot be read is refused, and the emulator goes on', async () => {
    const owner = { authorization: 'Bearer owner' };
    for (const body of ['{', '[]', '"text"', { localId: 7 }, { localId: { deep: true } }]) {
      expect((await post('projects/demo-auth/accounts:lookup', body, owner)).status).toBe(400);
    }
    expect((await post('projects/demo-auth/nothing', {}, owner)).status).toBe(404);
    const answer = await post('projects/demo-auth/accounts:lookup', { local_id: ['x'] }, owner);
    expect(await answer.json()).toEqual({ kind: 'identitytoolkit#GetAccountInfoResponse' });
  });
});
