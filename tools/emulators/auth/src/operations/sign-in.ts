import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import { checkClaims } from '../accounts/claims.ts';
import { emailAddress } from '../accounts/contact.ts';
import { passwordMatches } from '../accounts/password.ts';
import { demand, refusal } from '../http/api-error.ts';
import { text } from '../http/fields.ts';
import type { Directory } from '../projects/directory.ts';
import { accountOfToken } from '../tokens/id-token.ts';
import { startSession } from '../tokens/session.ts';
import { decodeJwt } from '../tokens/unsigned-jwt.ts';
import { operation } from './operation.ts';
import { newLocalId } from './sign-up.ts';

const CUSTOM_TOKEN_AUDIENCE =
  'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';

/** With address and password. Which of the two is wrong is told unless addresses are private. */
export const signInWithPassword = operation(
  z.object({ email: text, password: text }),
  ({ body, directory, now }) => {
    const { accounts, policy } = directory;
    demand(policy.password, 'PASSWORD_LOGIN_DISABLED');
    demand(body.email !== undefined, 'MISSING_EMAIL');
    const email = emailAddress(body.email);
    demand(body.password, 'MISSING_PASSWORD');
    const account = accounts.withEmail(email);
    demand(account, policy.emailPrivacy ? 'INVALID_LOGIN_CREDENTIALS' : 'EMAIL_NOT_FOUND');
    demand(!account.disabled, 'USER_DISABLED');
    const wrong = policy.emailPrivacy ? 'INVALID_LOGIN_CREDENTIALS' : 'INVALID_PASSWORD';
    demand(passwordMatches(account, body.password), wrong);
    demand(
      !account.enrollments?.length,
      'OPERATION_NOT_ALLOWED',
      'Second factors are not supported.',
    );
    const signedIn = accounts.put({ ...account, lastLoginAt: String(now) });
    return {
      kind: 'identitytoolkit#VerifyPasswordResponse',
      registered: true,
      localId: account.localId,
      displayName: account.displayName ?? '',
      email,
      ...startSession(directory, signedIn, { provider: 'password' }, now),
    };
  },
);

/** With a token of the developer's server. The user is created when there is none. */
export const signInWithCustomToken = operation(
  z.object({ token: text }),
  ({ body, directory, now }) => {
    demand(body.token, 'MISSING_CUSTOM_TOKEN');
    const { uid, claims } = readCustomToken(body.token, directory);
    const existing = directory.accounts.get(uid);
    demand(!existing?.disabled, 'USER_DISABLED');
    const account: Account = {
      createdAt: String(now),
      tenantId: directory.tenantId,
      ...existing,
      localId: uid,
      customAuth: true,
      lastLoginAt: String(now),
    };
    directory.accounts.put(account);
    return {
      kind: 'identitytoolkit#VerifyCustomTokenResponse',
      isNewUser: !existing,
      ...startSession(directory, account, { provider: 'custom', claims }, now),
    };
  },
);

/** With a link that came by mail: to the account of the address, a token's account, or a new one. */
export const signInWithEmailLink = operation(
  z.object({ email: text, oobCode: text, idToken: text }),
  ({ body, directory, now }) => {
    const { accounts, codes, policy, tenantId } = directory;
    demand(policy.emailLink, 'OPERATION_NOT_ALLOWED');
    const ofToken = body.idToken ? accountOfToken(directory, body.idToken).account : undefined;
    demand(body.email, 'MISSING_EMAIL');
    const email = emailAddress(body.email);
    demand(body.oobCode, 'MISSING_OOB_CODE');
    const code = codes.get(body.oobCode);
    demand(code?.requestType === 'EMAIL_SIGNIN', 'INVALID_OOB_CODE');
    demand(
      code.email === email,
      'INVALID_EMAIL',
      'The email provided does not match the sign-in email address.',
    );
    codes.use(body.oobCode);
    const ofEmail = accounts.withEmail(email);
    demand(!ofToken || !ofEmail || ofToken.localId === ofEmail.localId, 'EMAIL_EXISTS');
    const existing = ofToken ?? ofEmail;
    demand(!existing?.disabled, 'USER_DISABLED');
    const account: Account = {
      createdAt: String(now),
      tenantId,
      ...existing,
      localId: existing?.localId ?? newLocalId(),
      email,
      emailVerified: true,
      emailLinkSignin: true,
      lastLoginAt: String(now),
    };
    accounts.put(account);
    return {
      kind: 'identitytoolkit#EmailLinkSigninResponse',
      email,
      localId: account.localId,
      isNewUser: !existing,
      ...startSession(directory, account, { provider: 'password' }, now),
    };
  },
);

const customToken = z.object({
  uid: z.union([z.string(), z.number()]).transform(String).optional(),
  user_id: z.union([z.string(), z.number()]).transform(String).optional(),
  claims: z.unknown().optional(),
});

/** Reads a custom token, signed or not; strict JSON in its place is taken too. */
function readCustomToken(token: string, directory: Directory) {
  const payload = token.startsWith('{') ? plainPayload(token) : jwtPayload(token, directory);
  const { data } = customToken.safeParse(payload);
  const uid = data?.uid ?? data?.user_id;
  demand(uid, 'MISSING_IDENTIFIER');
  return { uid, claims: data?.claims === undefined ? undefined : checkClaims(data.claims) };
}

function plainPayload(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch {
    throw refusal('INVALID_CUSTOM_TOKEN', 'Neither a token nor strict JSON.');
  }
}

function jwtPayload(token: string, { tenantId }: Directory): unknown {
  const decoded = decodeJwt(token);
  demand(decoded, 'INVALID_CUSTOM_TOKEN', 'Invalid assertion format');
  demand(decoded.payload.tenant_id === tenantId, 'TENANT_ID_MISMATCH');
  demand(
    decoded.payload.aud === CUSTOM_TOKEN_AUDIENCE,
    'INVALID_CUSTOM_TOKEN',
    `The audience is ${String(decoded.payload.aud)}, which is not that of custom tokens.`,
  );
  return decoded.payload;
}
