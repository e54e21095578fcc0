import type { IdentityEmulator } from '@ayna/emulator-identity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerGoogle } from '../src/index.ts';
import { cloudsOfThisProcess } from './clouds.ts';

const RESOURCE = 'api://ayna-google';

let clouds: IdentityEmulator;
beforeAll(async () => {
  clouds = await cloudsOfThisProcess();
  Object.assign(process.env, clouds.inAzure);
});
afterAll(() => clouds[Symbol.asyncDispose]());

test('Google is answered with the token of the container, in the words of its contract', async () => {
  const answer = JSON.parse(await answerGoogle(RESOURCE)) as Record<string, unknown>;
  expect(answer).toEqual({
    version: 1,
    success: true,
    token_type: 'urn:ietf:params:oauth:token-type:jwt',
    id_token: clouds.tokens().at(-1),
    expiration_time: expect.any(Number) as number,
  });
  expect(Number(answer.expiration_time) * 1_000).toBeGreaterThan(Date.now());
  const asked = clouds.requests('managed-identity').at(-1)?.query;
  expect(Object.fromEntries(asked ?? [])).toEqual({
    'api-version': '2019-08-01',
    client_id: clouds.identity.clientId,
    resource: RESOURCE,
  });
});

test('a failure is answered in one sentence', async () => {
  clouds.answerWith('managed-identity', { status: 400, body: { message: 'no\nsuch identity' } });
  // Azure's library keeps tokens by resource.
  expect(JSON.parse(await answerGoogle('api://another'))).toEqual({
    version: 1,
    success: false,
    code: 'NoToken',
    message: 'Azure gives no token for api://another: no such identity',
  });
});

test('a command without a resource is a wrong configuration', async () => {
  expect(JSON.parse(await answerGoogle(undefined))).toMatchObject({
    success: false,
    code: 'ConfigInvalid',
  });
});
