import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentityEmulator, type IdentityEmulator } from '@ayna/emulator-identity';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openWholeMirror, type WholeMirror } from './whole-mirror.ts';

let mirror: WholeMirror;
let clouds: IdentityEmulator;
let folder: string;
beforeAll(async () => {
  mirror = await openWholeMirror();
  clouds = await startIdentityEmulator({ firestore: mirror.env.FIRESTORE_EMULATOR_HOST ?? '' });
  folder = await mkdtemp(join(tmpdir(), 'ayna-google-'));
  await mirror.write('conversations/c/messages/m', { body: 'hello' });
  await mirror.settled();
});
afterAll(async () => {
  await clouds[Symbol.asyncDispose]();
  await mirror[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  for (const endpoint of ENDPOINTS) clouds.answerWith(endpoint, undefined);
  clouds.lifetimeSeconds = 3_600;
});

const ENDPOINTS = ['managed-identity', 'sts', 'impersonation'] as const;

/** The configuration that `apps/*.bicep` give a container. */
async function credentialsFile(): Promise<string> {
  const program = new URL('../src/google-token.ts', import.meta.url).pathname;
  const { audience, tokenAudience } = clouds.provider;
  const path = join(folder, 'credentials.json');
  const command = [process.execPath, '--no-warnings', '--conditions=@ayna/source', program];
  const credentials = {
    type: 'external_account',
    audience,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${clouds.account.email}:generateAccessToken`,
    credential_source: { executable: { command: [...command, tokenAudience].join(' ') } },
  };
  await writeFile(path, JSON.stringify(credentials));
  return path;
}

/** Runs the job as in a container of Azure, and counts what it asked for. */
async function runInAzure(env: Readonly<Record<string, string>> = {}) {
  const asked = () => ENDPOINTS.map((endpoint) => clouds.requests(endpoint).length);
  const before = asked();
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@ayna/source', main], {
    env: {
      ...process.env,
      ...mirror.env,
      FIRESTORE_EMULATOR_HOST: undefined,
      ...clouds.network,
      ...clouds.inAzure,
      GOOGLE_APPLICATION_CREDENTIALS: await credentialsFile(),
      GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1',
      LOG_LEVEL: 'trace',
      PORT: '0',
      CHECK_PAUSE_MS: '1',
      ...env,
    },
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (data: Buffer) => (said += data.toString()));
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  for (const token of clouds.tokens()) expect(said).not.toContain(token);
  return { code, said, asked: asked().map((count, index) => count - (before[index] ?? 0)) };
}

test('the checker in a container of Azure reads Firestore as a service account of Google, without a key', async () => {
  const { code, said, asked } = await runInAzure();
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(said).toContain('"entity":"dm.message","checked":1');
  expect(asked).toEqual([1, 1, 1]);
  expect(clouds.requests('firestore').length).toBeGreaterThan(1);
});

test('a token that expires is asked for again', async () => {
  // Google's library renews what is good for less than five minutes.
  clouds.lifetimeSeconds = 60;
  const { code, asked } = await runInAzure();
  expect(code).toBe(0);
  expect(Math.min(...asked)).toBeGreaterThan(1);
});

test.each([
  [
    'an identity that Azure does not know',
    { AZURE_CLIENT_ID: 'another' },
    /^FirestoreUnavailable: .*Azure gives no token for api:\/\/[-0-9a-f]+: no such identity\.?$/m,
  ],
  [
    'a pool that does not trust the identity',
    { sts: { status: 400, body: { error: 'invalid_grant', error_description: 'not trusted' } } },
    /^FirestoreRejected: .*invalid_grant: not trusted$/m,
  ],
  [
    'a service account that the identity may not be',
    { impersonation: { status: 403, body: { error: { code: 403, message: 'not permitted' } } } },
    /^FirestoreRejected: .*not permitted$/m,
  ],
])('%s is told in one sentence', async (_what, wrong, sentence) => {
  const { sts, impersonation, ...env } = { sts: undefined, impersonation: undefined, ...wrong };
  clouds.answerWith('sts', sts);
  clouds.answerWith('impersonation', impersonation);
  const { code, said } = await runInAzure(env);
  expect(code).not.toBe(0);
  expect(said).toMatch(sentence);
});
