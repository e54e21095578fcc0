import type { AccessToken, TokenCredential } from '@azure/identity';
import type { config } from 'mssql';
import type { DatabaseOptions } from '../database.ts';
import type { SqlServerLogin } from './connection-settings.ts';

type TdsAuthentication = NonNullable<config['authentication']>;
/** What a token is taken to be good for when nothing says; each new connection asks anyway. */
const UNKNOWN_LIFETIME_MS = 60_000;

/**
 * How connections log in. With Entra ID each new connection asks the credential for a token, which
 * keeps one until it expires; a token given as text is used as long as the server takes it.
 */
export async function tdsAuthentication(
  login: SqlServerLogin,
  accessToken: DatabaseOptions['accessToken'],
): Promise<TdsAuthentication> {
  if (typeof accessToken === 'string') {
    return { type: 'azure-active-directory-access-token', options: { token: accessToken } };
  }
  if (accessToken) return withCredential(credentialOf(accessToken));
  switch (login.by) {
    case 'password':
      return { type: 'default', options: { userName: login.user, password: login.password } };
    case 'managed-identity':
    case 'default-credential':
      return withCredential(await entraCredential(login.by, login.clientId));
    case 'nobody':
      return { type: 'default', options: {} };
  }
}

async function entraCredential(
  by: 'managed-identity' | 'default-credential',
  clientId: string | undefined,
): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (by === 'default-credential') {
    return new DefaultAzureCredential(
      clientId === undefined ? {} : { managedIdentityClientId: clientId },
    );
  }
  return new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
}

function withCredential(credential: TokenCredential): TdsAuthentication {
  return { type: 'token-credential', options: { credential } };
}

function credentialOf(accessToken: () => Promise<string>): TokenCredential {
  return {
    getToken: async (): Promise<AccessToken> => ({
      token: await accessToken(),
      expiresOnTimestamp: Date.now() + UNKNOWN_LIFETIME_MS,
    }),
  };
}
