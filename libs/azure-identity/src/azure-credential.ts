import type { TokenCredential } from '@azure/identity';
import { readConfig } from '@ayna/platform';
import { z } from 'zod';
import { googleIdToken } from './google-id-token.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which identity a program logs in to Azure with. */
export interface AzureCredentialOptions {
  /** Of a user-assigned identity. @defaultValue `AZURE_CLIENT_ID` */
  readonly clientId?: string | undefined;
  /**
   * Whether the machine's identity is the only one that may be used, and not whatever else the
   * environment offers. @defaultValue false
   */
  readonly managedIdentityOnly?: boolean;
}

/**
 * What Entra ID expects in the token of another provider
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity).
 */
const ASSERTION_AUDIENCE = 'api://AzureADTokenExchange';

/**
 * Who this process is at Azure: the managed identity of the machine or container, or whatever else
 * `DefaultAzureCredential` finds. With `AZURE_FEDERATED_BY=google` a program in Google Cloud is a
 * managed identity of Azure that trusts its service account; `AZURE_TENANT_ID` says in which tenant.
 *
 * No token is asked for before the first use. Azure's library, which is large, is loaded then; it
 * keeps each token until shortly before it expires.
 *
 * @param env `AZURE_FEDERATED_BY` and what goes with it are read from here. Azure's library itself
 * reads the environment of the process
 * @throws AynaError `ConfigInvalid`, naming the variable
 * @example
 * new ServiceBusClient('NAME.servicebus.windows.net', azureCredential());
 */
export function azureCredential(
  { clientId, managedIdentityOnly = false }: AzureCredentialOptions = {},
  env: Environment = process.env,
): TokenCredential {
  const { AZURE_FEDERATED_BY } = readConfig(
    { AZURE_FEDERATED_BY: z.enum(['google']).optional().describe('expected google, or nothing') },
    env,
  );
  if (AZURE_FEDERATED_BY === 'google') return federatedCredential(clientId, env);
  return onFirstUse(async () => {
    const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
    if (managedIdentityOnly) {
      return new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
    }
    return new DefaultAzureCredential(
      clientId === undefined ? {} : { managedIdentityClientId: clientId },
    );
  });
}

/** A token of Google's metadata server stands for the secret that there is not. */
function federatedCredential(clientId: string | undefined, env: Environment): TokenCredential {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID } = readConfig(
    {
      AZURE_TENANT_ID: z.string().describe('expected the id of the tenant of Entra ID'),
      AZURE_CLIENT_ID: z.string().describe('expected the client id of the managed identity'),
    },
    { ...env, ...(clientId === undefined ? {} : { AZURE_CLIENT_ID: clientId }) },
  );
  return onFirstUse(async () => {
    const { ClientAssertionCredential } = await import('@azure/identity');
    return new ClientAssertionCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, () =>
      googleIdToken(ASSERTION_AUDIENCE),
    );
  });
}

function onFirstUse(open: () => Promise<TokenCredential>): TokenCredential {
  let opening: Promise<TokenCredential> | undefined;
  return {
    getToken: async (scopes, options) => (await (opening ??= open())).getToken(scopes, options),
  };
}
