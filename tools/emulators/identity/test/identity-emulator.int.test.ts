import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIdentityEmulator, type IdentityEmulator } from '../src/index.ts';

let clouds: IdentityEmulator;
beforeAll(async () => {
  clouds = await startIdentityEmulator();
});
afterAll(() => clouds[Symbol.asyncDispose]());

/** Posts a form to a cloud as a client behind the proxy does; the status of the answer. */
async function post(host: string, path: string, form: Readonly<Record<string, string>>) {
  const { hostname, port } = new URL(clouds.network.HTTPS_PROXY ?? '');
  const tunnel = httpRequest({ hostname, port, method: 'CONNECT', path: `${host}:443` }).end();
  const [answer, socket] = (await once(tunnel, 'connect')) as [IncomingMessage, Socket];
  if (answer.statusCode !== 200) return answer.statusCode;
  const secured = connect({ socket, servername: host, ca: clouds.certificate });
  const request = httpRequest({
    host,
    path,
    method: 'POST',
    createConnection: () => secured,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  request.end(new URLSearchParams(form).toString());
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  socket.destroy();
  return response.statusCode;
}

const managedIdentity = (header: string, resource: string) =>
  fetch(
    `${clouds.inAzure.IDENTITY_ENDPOINT ?? ''}?api-version=2019-08-01&client_id=${clouds.identity.clientId}&resource=${resource}`,
    { headers: { 'X-IDENTITY-HEADER': header } },
  );
const tokenFor = async (resource: string): Promise<string> => {
  const answer = await managedIdentity(clouds.inAzure.IDENTITY_HEADER ?? '', resource);
  return ((await answer.json()) as { access_token: string }).access_token;
};
const exchange = (subjectToken: string) =>
  post('sts.googleapis.com', '/v1/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: clouds.provider.audience,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: subjectToken,
  });

describe('who does not show what the clouds want to see gets no token', () => {
  test('of the managed identity without the header of the container', async () => {
    expect((await managedIdentity('another', 'api://a')).status).toBe(401);
  });

  test('of the metadata server without the header that says one knows it', async () => {
    const path = 'computeMetadata/v1/instance/service-accounts/default/identity?audience=a';
    const url = `http://${clouds.inGoogle.GCE_METADATA_HOST ?? ''}/${path}`;
    expect((await fetch(url)).status).toBe(403);
  });

  test('of Google for a token that is for somebody else, or for none', async () => {
    expect(await exchange(await tokenFor('api://another'))).toBe(400);
    expect(await exchange('no token')).toBe(400);
    expect(await exchange(await tokenFor(clouds.provider.tokenAudience))).toBe(200);
  });

  test('of Entra ID for an assertion that Google did not make', async () => {
    const status = await post(
      'login.microsoftonline.com',
      `/${clouds.identity.tenantId}/oauth2/v2.0/token`,
      {
        grant_type: 'client_credentials',
        client_id: clouds.identity.clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await tokenFor('api://AzureADTokenExchange'),
      },
    );
    expect(status).toBe(401);
  });

  test('of Google for a token that has expired', async () => {
    clouds.lifetimeSeconds = 0;
    expect(await exchange(await tokenFor(clouds.provider.tokenAudience))).toBe(400);
  });
});

test('nothing but the clouds is reached by the proxy', async () => {
  expect(await post('example.com', '/', {})).toBe(403);
});
