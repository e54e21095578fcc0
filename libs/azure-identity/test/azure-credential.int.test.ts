import type { IdentityEmulator } from '@ayna/emulator-identity';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { azureCredential } from '../src/index.ts';
import { cloudsOfThisProcess } from './clouds.ts';

const SCOPE = 'https://servicebus.azure.net/.default';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let clouds: IdentityEmulator;
beforeAll(async () => {
  clouds = await cloudsOfThisProcess();
  Object.assign(process.env, clouds.inGoogle);
});
afterAll(() => clouds[Symbol.asyncDispose]());
afterEach(() => {
  clouds.answerWith('metadata', undefined);
  clouds.answerWith('entra', undefined);
  clouds.lifetimeSeconds = 3_600;
});

const federated = () => ({
  AZURE_FEDERATED_BY: 'google',
  AZURE_TENANT_ID: clouds.identity.tenantId,
  AZURE_CLIENT_ID: clouds.identity.clientId,
});
const refusal = async (asking: Promise<unknown>): Promise<string> => {
  const error = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? error.message : 'no error';
};

describe('a program in Google Cloud', () => {
  test('is the managed identity that trusts its service account: an ID token stands for the secret', async () => {
    const token = await azureCredential({}, federated()).getToken(SCOPE);
    expect(clouds.tokens()).toContain(token?.token);
    const fields = clouds.requests('entra').at(-1)?.fields;
    expect(fields).toMatchObject({
      grant_type: 'client_credentials',
      client_id: clouds.identity.clientId,
      scope: SCOPE,
      client_assertion_type: ASSERTION_TYPE,
    });
    expect(clouds.tokens()).toContain(fields?.client_assertion);
    const asked = clouds.requests('metadata').at(-1);
    expect(asked?.headers['metadata-flavor']).toBe('Google');
    expect(asked?.query.get('audience')).toBe('api://AzureADTokenExchange');
  });

  test('keeps a token while it is good, and asks again when it expires', async () => {
    const credential = azureCredential({}, federated());
    const askTwice = async () => {
      const before = clouds.requests('entra').length;
      const [first, second] = [await credential.getToken(SCOPE), await credential.getToken(SCOPE)];
      return {
        asked: clouds.requests('entra').length - before,
        same: first?.token === second?.token,
      };
    };
    // Azure's library renews what is good for less than five minutes.
    clouds.lifetimeSeconds = 60;
    expect(await askTwice()).toEqual({ asked: 2, same: false });
    clouds.lifetimeSeconds = 3_600;
    expect(await askTwice()).toEqual({ asked: 1, same: true });
  });

  test('takes the identity that it is given before that of the environment', async () => {
    const env = { ...federated(), AZURE_CLIENT_ID: 'another' };
    const { clientId } = clouds.identity;
    const token = await azureCredential({ clientId, managedIdentityOnly: true }, env).getToken(
      SCOPE,
    );
    expect(clouds.tokens()).toContain(token?.token);
  });

  test.each([
    [
      'Google gives no token',
      'metadata',
      { status: 404, body: 'no service account' },
      /Google's metadata server gives no ID token for Azure: .*no service account/,
    ],
    [
      'the identity does not trust the service account',
      'entra',
      {
        status: 401,
        body: {
          error: 'invalid_client',
          error_description: 'AADSTS700213: No matching federated identity record found',
        },
      },
      /AADSTS700213: No matching federated identity record found/,
    ],
  ] as const)('says so when %s, without a token in it', async (_what, endpoint, answer, words) => {
    clouds.answerWith(endpoint, answer);
    const message = await refusal(azureCredential({}, federated()).getToken(SCOPE));
    expect(message).toMatch(words);
    for (const token of clouds.tokens()) expect(message).not.toContain(token);
  });

  test.each(['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'])('has to be told %s', (name) => {
    expect(() => azureCredential({}, { ...federated(), [name]: undefined })).toThrow(
      expect.objectContaining({
        code: 'ConfigInvalid',
        message: expect.stringContaining(name) as string,
      }) as Error,
    );
  });
});

test('nobody but Google federates', () => {
  expect(() => azureCredential({}, { AZURE_FEDERATED_BY: 'amazon' })).toThrow(
    'AZURE_FEDERATED_BY has a wrong value: expected google, or nothing',
  );
});

describe('a container of Azure', () => {
  test.each([true, false])(
    'is its managed identity, with others allowed or not: %s',
    async (managedIdentityOnly) => {
      Object.assign(process.env, clouds.inAzure);
      const { clientId } = clouds.identity;
      const token = await azureCredential({ clientId, managedIdentityOnly }).getToken(SCOPE);
      expect(clouds.tokens()).toContain(token?.token);
      const asked = clouds.requests('managed-identity').at(-1)?.query;
      expect(asked?.get('resource')).toBe('https://servicebus.azure.net');
    },
  );
});
