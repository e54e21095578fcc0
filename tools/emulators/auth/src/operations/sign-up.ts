import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import { emailAddress, phoneNumber } from '../accounts/contact.ts';
import { checkEnrollments, enrollmentFields } from '../accounts/enrollments.ts';
import { newPassword } from '../accounts/password.ts';
import { demand } from '../http/api-error.ts';
import { flag, text } from '../http/fields.ts';
import { accountOfToken, seconds } from '../tokens/id-token.ts';
import { startSession } from '../tokens/session.ts';
import { operation, type Call } from './operation.ts';

const fields = z.object({
  localId: text,
  idToken: text,
  email: text,
  emailVerified: flag,
  password: text,
  phoneNumber: text,
  displayName: text,
  photoUrl: text,
  disabled: flag,
  mfaInfo: z.array(enrollmentFields).optional(),
});
type SignUpCall = Call<z.infer<typeof fields>>;

/**
 * An administrator creates a user; a client signs up with a password, adds one to the account of a
 * token, or signs in anonymously.
 */
export const signUp = operation(fields, (call) => {
  const kind = 'identitytoolkit#SignupNewUserResponse';
  if (call.admin) {
    const account = createByAdmin(call);
    return { kind, ...identity(account) };
  }
  const { account, provider } = createByClient(call);
  return {
    kind,
    ...identity(account),
    ...startSession(call.directory, account, { provider }, call.now),
  };
});

/** An id as the service makes them: 28 letters and digits. */
export function newLocalId(): string {
  return randomBytes(42).toString('base64').replace(/[+/]/g, '').slice(0, 28).padEnd(28, '0');
}

function createByAdmin({ body, directory, now }: SignUpCall): Account {
  const { accounts } = directory;
  const localId = body.localId ?? newLocalId();
  demand(!accounts.get(localId), 'DUPLICATE_LOCAL_ID');
  const phone = body.phoneNumber && phoneNumber(body.phoneNumber);
  if (body.phoneNumber) {
    demand(phone, 'INVALID_PHONE_NUMBER', 'Invalid format.');
    demand(!accounts.withPhone(phone), 'PHONE_NUMBER_EXISTS');
  }
  return accounts.put({
    ...freshAccount({ body, directory, now }, localId),
    emailVerified: body.emailVerified ?? false,
    phoneNumber: phone ?? undefined,
    photoUrl: body.photoUrl,
    disabled: body.disabled ?? false,
    enrollments: body.mfaInfo?.length ? checkEnrollments(body.mfaInfo, now) : undefined,
  });
}

function createByClient(call: SignUpCall): { account: Account; provider: string } {
  const { body, directory, now } = call;
  demand(body.localId === undefined, 'UNEXPECTED_PARAMETER', 'User ID');
  const lastLoginAt = String(now);
  const isAnonymous = [body.idToken, body.email, body.password].every((it) => it === undefined);
  if (isAnonymous) {
    demand(directory.policy.anonymous, 'ADMIN_ONLY_OPERATION');
    const account = { localId: newLocalId(), createdAt: String(now), lastLoginAt };
    return {
      account: directory.accounts.put({ ...account, tenantId: directory.tenantId }),
      provider: 'anonymous',
    };
  }
  demand(body.email, 'MISSING_EMAIL');
  demand(body.password, 'MISSING_PASSWORD');
  demand(directory.policy.password, 'OPERATION_NOT_ALLOWED');
  const existing =
    body.idToken === undefined ? undefined : accountOfToken(directory, body.idToken).account;
  const { localId, createdAt, ...added } = freshAccount(call, existing?.localId ?? newLocalId());
  const account = { localId, createdAt, ...existing, ...added, emailVerified: false, lastLoginAt };
  return { account: directory.accounts.put(account), provider: 'password' };
}

function freshAccount(
  { body, directory, now }: Pick<SignUpCall, 'body' | 'directory' | 'now'>,
  localId: string,
): Account {
  const { accounts, tenantId } = directory;
  const email = body.email === undefined ? undefined : emailAddress(body.email);
  demand(email === undefined || !accounts.withEmail(email), 'EMAIL_EXISTS');
  return {
    localId,
    email,
    displayName: body.displayName,
    ...(body.password && {
      password: newPassword(body.password, now),
      validSince: String(seconds(now)),
    }),
    createdAt: String(now),
    tenantId,
  };
}

function identity({ localId, displayName, email }: Account): object {
  return { localId, displayName, email };
}
