import { z } from 'zod';
import { providersOf, type Account } from '../accounts/account.ts';
import type { Claims } from '../accounts/claims.ts';
import { demand } from '../http/api-error.ts';
import { member } from '../projects/masked-update.ts';
import type { Directory } from '../projects/directory.ts';
import { decodeJwt, unsignedJwt } from './unsigned-jwt.ts';

const LIFETIME_SECONDS = 3600;

/** How somebody has signed in. */
export interface SignIn {
  /** `password`, `anonymous`, `custom`. */
  readonly provider: string;
  /** Claims of the custom token; they last as long as the session. */
  readonly claims?: Claims | undefined;
}

/** The payload of an ID token as this emulator needs it; the rest is kept as it is. */
const tokenPayload = z.looseObject({
  user_id: z.string().optional(),
  sub: z.string().optional(),
  iat: z.number().optional(),
  firebase: z
    .looseObject({ sign_in_provider: z.string().optional(), tenant: z.string().optional() })
    .optional(),
});

/** An unsigned ID token. `auth_time` is the last sign-in, whole seconds as everywhere in tokens. */
export function idToken(
  directory: Directory,
  account: Account,
  { provider, claims }: SignIn,
  now: number,
): { idToken: string; expiresIn: string } {
  const issuedAt = seconds(now);
  const payload = {
    name: account.displayName,
    picture: account.photoUrl,
    ...(JSON.parse(account.customAttributes ?? '{}') as Claims),
    ...claims,
    email: account.email,
    email_verified: account.emailVerified ?? (account.email === undefined ? undefined : false),
    phone_number: account.phoneNumber,
    provider_id: provider === 'anonymous' ? provider : undefined,
    auth_time: account.lastLoginAt === undefined ? issuedAt : seconds(Number(account.lastLoginAt)),
    user_id: account.localId,
    firebase: {
      identities: identitiesOf(account),
      sign_in_provider: provider,
      tenant: directory.tenantId,
    },
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    aud: directory.projectId,
    iss: `https://securetoken.google.com/${directory.projectId}`,
    sub: account.localId,
  };
  return { idToken: unsignedJwt(payload), expiresIn: String(LIFETIME_SECONDS) };
}

/** A cookie with the content of an ID token and a life of its own. */
export function sessionCookie(
  payload: Readonly<Record<string, unknown>>,
  lifetimeSeconds: number,
  now: number,
): string {
  const issuedAt = seconds(now);
  return unsignedJwt({
    ...payload,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    iss: `https://session.firebase.google.com/${String(payload.aud)}`,
  });
}

/**
 * The user behind an ID token. A token does not run out with time here, but it can be revoked.
 *
 * @throws ApiError `INVALID_ID_TOKEN`, `TENANT_ID_MISMATCH`, `USER_NOT_FOUND`, `TOKEN_EXPIRED`,
 * `USER_DISABLED`
 */
export function accountOfToken(
  directory: Directory,
  token: string,
): { account: Account; provider: string; payload: Readonly<Record<string, unknown>> } {
  const decoded = decodeJwt(token);
  const { success, data } = tokenPayload.safeParse(decoded?.payload);
  demand(decoded && success, 'INVALID_ID_TOKEN');
  demand(data.firebase?.tenant === directory.tenantId, 'TENANT_ID_MISMATCH');
  const account = directory.accounts.get(data.user_id ?? data.sub ?? '');
  demand(account, 'USER_NOT_FOUND');
  const { validSince, disabled } = account;
  demand(validSince === undefined || (data.iat ?? 0) >= Number(validSince), 'TOKEN_EXPIRED');
  demand(!disabled, 'USER_DISABLED');
  const provider = data.firebase?.sign_in_provider ?? 'custom';
  return { account, provider, payload: decoded.payload };
}

/** The tenant that a token belongs to; undefined for none, or when it is no token. */
export function tenantOfToken(token: string): string | undefined {
  const tenant = member(decodeJwt(token)?.payload ?? {}, 'firebase').tenant;
  return typeof tenant === 'string' ? tenant : undefined;
}

export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function identitiesOf(account: Account): Record<string, string[]> {
  const identities: Record<string, string[]> = {};
  if (account.email !== undefined) identities.email = [account.email];
  for (const { providerId, rawId } of providersOf(account)) {
    if (providerId !== 'password') (identities[providerId] ??= []).push(rawId);
  }
  return identities;
}
