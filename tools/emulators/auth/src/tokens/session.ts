import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import { demand } from '../http/api-error.ts';
import type { Directory } from '../projects/directory.ts';
import { idToken, type SignIn } from './id-token.ts';

/** What a refresh token holds. It is readable on purpose: there is nothing to keep secret. */
const refreshContent = z.object({
  localId: z.string(),
  provider: z.string(),
  claims: z.record(z.string(), z.unknown()).optional(),
  projectId: z.string(),
  tenantId: z.string().optional(),
  /** Seconds since the epoch, as `validSince`. */
  issuedAt: z.number(),
});
type RefreshContent = z.infer<typeof refreshContent>;

/** The tokens of a sign-in, in the form of its answer. Notes the moment in the account. */
export function startSession(
  directory: Directory,
  account: Account,
  signIn: SignIn,
  now: number,
): { idToken: string; refreshToken: string; expiresIn: string } {
  const lastRefreshAt = new Date(now).toISOString();
  const refreshed = directory.accounts.put({ ...account, lastRefreshAt });
  const content: RefreshContent = {
    localId: account.localId,
    provider: signIn.provider,
    claims: signIn.claims,
    projectId: directory.projectId,
    tenantId: directory.tenantId,
    issuedAt: Math.floor(now / 1000),
  };
  const refreshToken = Buffer.from(JSON.stringify(content)).toString('base64url');
  return { ...idToken(directory, refreshed, signIn, now), refreshToken };
}

/**
 * The session that a refresh token continues.
 *
 * @throws ApiError `INVALID_REFRESH_TOKEN`, `USER_NOT_FOUND`, `TOKEN_EXPIRED`, `USER_DISABLED`
 */
export function sessionOf(
  directory: Directory,
  refreshToken: string,
): { account: Account; signIn: SignIn } {
  const content = readRefreshToken(refreshToken);
  demand(content?.projectId === directory.projectId, 'INVALID_REFRESH_TOKEN');
  demand(content.tenantId === directory.tenantId, 'TENANT_ID_MISMATCH');
  const account = directory.accounts.get(content.localId);
  demand(account, 'USER_NOT_FOUND');
  demand(content.issuedAt >= Number(account.validSince ?? 0), 'TOKEN_EXPIRED');
  demand(!account.disabled, 'USER_DISABLED');
  return { account, signIn: { provider: content.provider, claims: content.claims } };
}

/** Undefined when it is no refresh token of this emulator. */
export function readRefreshToken(refreshToken: string): RefreshContent | undefined {
  try {
    const text = Buffer.from(refreshToken, 'base64url').toString('utf8');
    return refreshContent.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
