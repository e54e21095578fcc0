import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkCredentialsFile } from '../src/google-credentials.ts';

const SECRET = 'not-to-be-repeated';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ayna-credentials-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function check(text: string, emulator = ''): Promise<unknown> {
  const file = join(directory, 'credentials.json');
  await writeFile(file, text);
  const env = { GOOGLE_APPLICATION_CREDENTIALS: file, FIRESTORE_EMULATOR_HOST: emulator };
  return checkCredentialsFile(env).then(
    () => 'good',
    (error: unknown) => error,
  );
}

const serviceAccount = (key: unknown) =>
  JSON.stringify({ type: 'service_account', client_email: 'a@b.example', private_key: key });

test.for([
  ['the key of a service account', serviceAccount(privateKey)],
  ['an identity of another cloud', JSON.stringify({ type: 'external_account' })],
  ['a person', JSON.stringify({ type: 'authorized_user', refresh_token: SECRET })],
] as const)('credentials of %s pass', async ([, text]) => {
  expect(await check(text)).toBe('good');
});

test.for([
  ['that are not JSON', `{"private_key": "${SECRET}`, 'is not JSON'],
  ['whose key is none', serviceAccount(SECRET), 'its private_key is none'],
  ['whose key is cut short', serviceAccount(privateKey.slice(0, 200)), 'its private_key is none'],
  ['without a key', serviceAccount(undefined), 'its private_key is none'],
] as const)('credentials %s are refused by the name of the file', async ([, text, says]) => {
  const error = await check(text);
  expect(error).toMatchObject({
    code: 'FirestoreRejected',
    message: expect.stringContaining(says) as string,
  });
  expect(String(error)).toContain('credentials.json');
  expect(JSON.stringify(error) + String(error)).not.toContain(SECRET);
});

test('a file that is not there is refused by its name', async () => {
  const env = { GOOGLE_APPLICATION_CREDENTIALS: join(directory, 'none.json') };
  await expect(checkCredentialsFile(env)).rejects.toThrow(/none\.json" cannot be read \(ENOENT\)/);
});

test('nothing is asked of a process that works with an emulator, or has no file', async () => {
  expect(await check('nonsense', '127.0.0.1:8080')).toBe('good');
  await expect(checkCredentialsFile({})).resolves.toBeUndefined();
});
