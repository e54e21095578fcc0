import { ok, refused, type IdentityAnswer, type IdentityRequest } from './answers.ts';
import type { Tokens } from './tokens.ts';

/** An identity that Entra ID knows. */
export interface AzureIdentity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly principalId: string;
}

const API_VERSION = '2019-08-01';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * The endpoint of a container for tokens of its managed identity
 * (https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference).
 */
export function answerManagedIdentity(
  { query, headers }: IdentityRequest,
  { tenantId, clientId, principalId }: AzureIdentity,
  given: { readonly header: string; readonly tokens: Tokens; readonly lifetimeSeconds: number },
): IdentityAnswer {
  if (headers['x-identity-header'] !== given.header) return refused(401, { message: 'header' });
  const resource = query.get('resource');
  if (query.get('api-version') !== API_VERSION || !resource) return refused(400, 'bad request');
  if (query.get('client_id') !== clientId) return refused(400, { message: 'no such identity' });
  const claims = { iss: `https://sts.windows.net/${tenantId}/`, aud: resource, sub: principalId };
  const token = given.tokens.issue(claims, given.lifetimeSeconds);
  return ok({
    access_token: token,
    expires_on: String(given.tokens.read(token)?.exp ?? 0),
    resource,
    token_type: 'Bearer',
    client_id: clientId,
  });
}

/**
 * The token endpoint of Entra ID, for a program that has a token of another provider in place of a
 * secret (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential).
 */
export function answerEntra(
  { path, host, fields }: IdentityRequest,
  { tenantId, clientId, principalId }: AzureIdentity,
  given: {
    readonly trusted: { readonly issuer: string; readonly subject: string };
    readonly tokens: Tokens;
    readonly lifetimeSeconds: number;
  },
): IdentityAnswer | undefined {
  const authority = `https://${host}/${tenantId}`;
  if (path === `/${tenantId}/v2.0/.well-known/openid-configuration`) {
    return ok({
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
    });
  }
  if (path !== `/${tenantId}/oauth2/v2.0/token`) return undefined;
  const assertion = given.tokens.read(fields.client_assertion);
  const isTrusted =
    fields.grant_type === 'client_credentials' &&
    fields.client_id === clientId &&
    fields.client_assertion_type === ASSERTION_TYPE &&
    assertion?.aud === 'api://AzureADTokenExchange' &&
    assertion.iss === given.trusted.issuer &&
    assertion.sub === given.trusted.subject;
  if (!isTrusted) {
    return refused(401, {
      error: 'invalid_client',
      error_description:
        'AADSTS700213: No matching federated identity record found for presented assertion subject.',
    });
  }
  const aud = (fields.scope ?? '').split(' ')[0]?.replace(/\/\.default$/, '') ?? '';
  const claims = { iss: `https://sts.windows.net/${tenantId}/`, aud, sub: principalId };
  return ok({
    token_type: 'Bearer',
    expires_in: given.lifetimeSeconds,
    access_token: given.tokens.issue(claims, given.lifetimeSeconds),
  });
}
