import {
  applyActionCode,
  confirmPasswordReset,
  createUserWithEmailAndPassword,
  EmailAuthProvider,
  linkWithCredential,
  signInAnonymously,
  signInWithCustomToken,
  signInWithEmailAndPassword,
  updatePassword,
} from '@firebase/auth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startAuth, type RunningAuth } from './running-auth.ts';

/** How far the emulator's clock is ahead of the system's, in milliseconds. */
let ahead = 0;
let running: RunningAuth;
beforeAll(async () => {
  running = await startAuth({ clock: () => Date.now() + ahead });
});
afterAll(() => running[Symbol.asyncDispose]());
beforeEach(() => {
  ahead = 0;
  running.emulator.clear();
});

const email = 'ada@example.com';
const password = 'secret-1';

describe('a client', () => {
  test('signs up, and in again, with a password', async () => {
    const { admin, web } = running;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    await web.signOut();
    await signInWithEmailAndPassword(web, 'ADA@example.com', password);
    expect(web.currentUser?.uid).toBe(user.uid);
    const token = await admin.verifyIdToken((await web.currentUser?.getIdToken()) ?? '');
    expect(token).toMatchObject({
      uid: user.uid,
      email,
      aud: 'demo-auth',
      firebase: { sign_in_provider: 'password', identities: { email: [email] } },
    });
  });

  test.each([
    [
      'a known address',
      () => createUserWithEmailAndPassword(running.web, email, password),
      'auth/email-already-in-use',
    ],
    [
      'a weak password',
      () => createUserWithEmailAndPassword(running.web, 'b@example.com', 'short'),
      'auth/weak-password',
    ],
    [
      'no address',
      () => createUserWithEmailAndPassword(running.web, 'nobody', password),
      'auth/invalid-email',
    ],
    [
      'an unknown address',
      () => signInWithEmailAndPassword(running.web, 'b@example.com', password),
      'auth/user-not-found',
    ],
    [
      'a wrong password',
      () => signInWithEmailAndPassword(running.web, email, 'secret-2'),
      'auth/wrong-password',
    ],
    [
      'a strange token',
      () => signInWithCustomToken(running.web, 'strange'),
      'auth/invalid-custom-token',
    ],
  ])('is refused with %s', async (_, attempt, code) => {
    await running.admin.createUser({ email, password });
    await expect(attempt()).rejects.toMatchObject({ code });
  });

  test('is not told which of the two was wrong where addresses are private', async () => {
    const { admin, web, emulator } = running;
    await admin.createUser({ email, password });
    const config = (enableImprovedEmailPrivacy: boolean) =>
      fetch(`http://${emulator.host}/emulator/v1/projects/demo-auth/config`, {
        method: 'PATCH',
        body: JSON.stringify({ emailPrivacyConfig: { enableImprovedEmailPrivacy } }),
      });
    await config(true);
    try {
      for (const address of [email, 'nobody@example.com']) {
        const attempt = signInWithEmailAndPassword(web, address, 'secret-2');
        await expect(attempt).rejects.toMatchObject({ code: 'auth/invalid-credential' });
      }
    } finally {
      await config(false);
    }
  });

  test('keeps its user when an anonymous one gets a password', async () => {
    const { admin, web } = running;
    const { user } = await signInAnonymously(web);
    const anonymous = await admin.verifyIdToken(await user.getIdToken());
    expect(anonymous.provider_id).toBe('anonymous');
    await linkWithCredential(user, EmailAuthProvider.credential(email, password));
    const linked = await signInWithEmailAndPassword(web, email, password);
    expect(linked.user.uid).toBe(user.uid);
  });

  test('signs in with a custom token, whose claims last as long as the session', async () => {
    const { admin, web } = running;
    const { user } = await signInWithCustomToken(
      web,
      await admin.createCustomToken('made-here', { tier: 'gold' }),
    );
    for (const refresh of [false, true]) {
      const token = await admin.verifyIdToken(await user.getIdToken(refresh));
      expect(token).toMatchObject({ uid: 'made-here', tier: 'gold' });
    }
  });

  test('gets claims that a server gives with the next token', async () => {
    const { admin, web } = running;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    await admin.setCustomUserClaims(user.uid, { admin: true });
    expect((await user.getIdTokenResult()).claims.admin).toBeUndefined();
    expect((await user.getIdTokenResult(true)).claims.admin).toBe(true);
  });

  test('deletes itself', async () => {
    const { admin, web } = running;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    await user.delete();
    await expect(admin.getUser(user.uid)).rejects.toMatchObject({ code: 'auth/user-not-found' });
  });
});

describe('a token', () => {
  test('is refused once it is revoked, and so is what would renew it', async () => {
    const { admin, web } = running;
    ahead = -5_000;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    const token = await user.getIdToken();
    ahead = 0;
    await admin.verifyIdToken(token, true);
    await admin.revokeRefreshTokens(user.uid);
    await expect(admin.verifyIdToken(token, true)).rejects.toMatchObject({
      code: 'auth/id-token-revoked',
    });
    await expect(user.getIdToken(true)).rejects.toMatchObject({ code: 'auth/user-token-expired' });
  });

  test('is refused when its user is disabled or gone', async () => {
    const { admin, web } = running;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    const token = await user.getIdToken();
    await admin.updateUser(user.uid, { disabled: true });
    await expect(admin.verifyIdToken(token, true)).rejects.toMatchObject({
      code: 'auth/user-disabled',
    });
    await expect(signInWithEmailAndPassword(web, email, password)).rejects.toMatchObject({
      code: 'auth/user-disabled',
    });
    await admin.deleteUser(user.uid);
    await expect(admin.verifyIdToken(token)).rejects.toMatchObject({ code: 'auth/user-not-found' });
  });

  test('can be exchanged for a session cookie of 5 minutes to 14 days', async () => {
    const { admin, web } = running;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    const token = await user.getIdToken();
    const cookie = await admin.createSessionCookie(token, { expiresIn: 300_000 });
    const { uid, exp, iat } = await admin.verifySessionCookie(cookie, true);
    expect({ uid, life: exp - iat }).toEqual({ uid: user.uid, life: 300 });
    await expect(admin.verifySessionCookie(token)).rejects.toMatchObject({
      code: 'auth/argument-error',
    });
  });

  test('that runs out is not accepted by servers', async () => {
    const { admin, web } = running;
    ahead = -2 * 3_600_000;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    ahead = 0;
    const token = await user.getIdToken();
    await expect(admin.verifyIdToken(token)).rejects.toMatchObject({
      code: 'auth/id-token-expired',
    });
  });
});

describe('a mailed code', () => {
  test('verifies an address, once', async () => {
    const { admin, web } = running;
    const { uid } = await admin.createUser({ email, password });
    const code = codeOf(await admin.generateEmailVerificationLink(email));
    await applyActionCode(web, code);
    expect((await admin.getUser(uid)).emailVerified).toBe(true);
    await expect(applyActionCode(web, code)).rejects.toMatchObject({
      code: 'auth/invalid-action-code',
    });
  });

  test('sets a new password in place of the old one', async () => {
    const { admin, web } = running;
    await admin.createUser({ email, password });
    await confirmPasswordReset(
      web,
      codeOf(await admin.generatePasswordResetLink(email)),
      'secret-2',
    );
    await signInWithEmailAndPassword(web, email, 'secret-2');
    await expect(signInWithEmailAndPassword(web, email, password)).rejects.toMatchObject({
      code: 'auth/wrong-password',
    });
  });

  test('changes an address, and the way back restores it', async () => {
    const { admin, web, emulator } = running;
    const { user } = await createUserWithEmailAndPassword(web, email, password);
    await updatePassword(user, 'secret-2');
    const link = await admin.generateVerifyAndChangeEmailLink(email, 'new@example.com');
    await applyActionCode(web, codeOf(link));
    expect((await admin.getUser(user.uid)).email).toBe('new@example.com');
    await admin.updateUser(user.uid, { email: 'third@example.com' });
    const sent = await fetch(`http://${emulator.host}/emulator/v1/projects/demo-auth/oobCodes`);
    const { oobCodes } = (await sent.json()) as {
      oobCodes: { requestType: string; oobCode: string }[];
    };
    const back = oobCodes.find(({ requestType }) => requestType === 'RECOVER_EMAIL');
    await applyActionCode(web, back?.oobCode ?? '');
    expect((await admin.getUser(user.uid)).email).toBe('new@example.com');
  });
});

function codeOf(link: string): string {
  return new URL(link).searchParams.get('oobCode') ?? '';
}
