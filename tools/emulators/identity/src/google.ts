import { ok, refused, type IdentityAnswer, type IdentityRequest } from './answers.ts';
import type { Tokens } from './tokens.ts';

/** Who issues the ID tokens of Google. */
export const GOOGLE_ISSUER = 'https://accounts.google.com';
/** What access tokens of a service account are for. */
export const GOOGLE_APIS = 'https://www.googleapis.com';
const STS_ISSUER = 'https://sts.googleapis.com';
const FLAVOR = { 'metadata-flavor': 'Google' };
const MS_PER_SECOND = 1_000;

export interface ServiceAccount {
  readonly email: string;
  /** The subject of its ID tokens. */
  readonly uniqueId: string;
}

/** What a provider of a workload identity pool takes. */
export interface PoolProvider {
  /** `//iam.googleapis.com/projects/.../providers/...` */
  readonly audience: string;
  readonly issuer: string;
  /** The audience that its tokens have to have. */
  readonly tokenAudience: string;
}

interface Given {
  readonly account: ServiceAccount;
  readonly tokens: Tokens;
  readonly lifetimeSeconds: number;
}

/**
 * The metadata server of a Google Cloud machine, for ID tokens
 * (https://docs.cloud.google.com/run/docs/securing/service-identity#identity_tokens).
 */
export function answerMetadata(
  { path, query, headers }: IdentityRequest,
  { account, tokens, lifetimeSeconds }: Given,
): IdentityAnswer | undefined {
  if (path !== '/computeMetadata/v1/instance/service-accounts/default/identity') return undefined;
  const audience = query.get('audience');
  if (headers['metadata-flavor'] !== 'Google') return refused(403, 'Missing Metadata-Flavor');
  if (!audience) return refused(400, 'non-empty audience parameter required');
  const claims = { iss: GOOGLE_ISSUER, aud: audience, sub: account.uniqueId };
  return ok(tokens.issue(claims, lifetimeSeconds), FLAVOR);
}

/**
 * Google's security token service
 * (https://docs.cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token).
 */
export function answerTokenService(
  { path, fields }: IdentityRequest,
  provider: PoolProvider,
  { tokens, lifetimeSeconds }: Given,
): IdentityAnswer | undefined {
  if (path !== '/v1/token') return undefined;
  const subject = tokens.read(fields.subject_token);
  const isTrusted =
    fields.grant_type === 'urn:ietf:params:oauth:grant-type:token-exchange' &&
    fields.audience === provider.audience &&
    fields.subject_token_type === 'urn:ietf:params:oauth:token-type:jwt' &&
    subject?.iss === provider.issuer &&
    subject.aud === provider.tokenAudience;
  if (!isTrusted) {
    return refused(400, {
      error: 'invalid_grant',
      error_description: 'The audience in ID Token does not match the expected audience.',
    });
  }
  const claims = { iss: STS_ISSUER, aud: provider.audience, sub: subject.sub };
  return ok({
    access_token: tokens.issue(claims, lifetimeSeconds),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
  });
}

/**
 * An access token of a service account for who may be it
 * (https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken).
 */
export function answerImpersonation(
  { path, headers }: IdentityRequest,
  { account, tokens, lifetimeSeconds }: Given,
): IdentityAnswer | undefined {
  if (path !== `/v1/projects/-/serviceAccounts/${account.email}:generateAccessToken`) {
    return undefined;
  }
  const caller = tokens.read(headers.authorization?.replace(/^Bearer /, ''));
  if (caller?.iss !== STS_ISSUER) {
    return refused(403, {
      error: { code: 403, message: 'Permission denied', status: 'PERMISSION_DENIED' },
    });
  }
  const claims = { iss: GOOGLE_ISSUER, aud: GOOGLE_APIS, sub: account.uniqueId };
  return ok({
    accessToken: tokens.issue(claims, lifetimeSeconds),
    expireTime: new Date(Date.now() + lifetimeSeconds * MS_PER_SECOND).toISOString(),
  });
}
