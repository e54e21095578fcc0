import { azureCredential } from '@ayna/azure-identity';
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
export function tdsAuthentication(
  login: SqlServerLogin,
  accessToken: DatabaseOptions['accessToken'],
): TdsAuthentication {
  if (typeof accessToken === 'string') {
    return { type: 'azure-active-directory-access-token', options: { token: accessToken } };
  }
  if (accessToken) return withCredential(credentialOf(accessToken));
  switch (login.by) {
    case 'password':
      return { type: 'default', options: { userName: login.user, password: login.password } };
    case 'managed-identity':
    case 'default-credential':
      return withCredential(
        azureCredential({
          clientId: login.clientId,
          managedIdentityOnly: login.by === 'managed-identity',
        }),
      );
    case 'nobody':
      return { type: 'default', options: {} };
  }
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
