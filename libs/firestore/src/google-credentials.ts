import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AynaError } from '@ayna/contract';

/**
 * Looks whether the file that `GOOGLE_APPLICATION_CREDENTIALS` names can be one: Google's client
 * tries again for most of a minute with a key that nobody can sign with, and then says little. No
 * file is needed where the machine itself has credentials, or with an emulator.
 *
 * Rejects with AynaError `FirestoreRejected`, which names the file and repeats nothing of it.
 */
export async function checkCredentialsFile(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const file = env.GOOGLE_APPLICATION_CREDENTIALS ?? '';
  if (file === '' || (env.FIRESTORE_EMULATOR_HOST ?? '') !== '') return;
  const refuse = (what: string) =>
    new AynaError('FirestoreRejected', `GOOGLE_APPLICATION_CREDENTIALS: "${file}" ${what}`);

  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw refuse(`cannot be read (${code})`);
  });
  let credentials: { readonly type?: unknown; readonly private_key?: unknown } | null;
  try {
    credentials = JSON.parse(text) as typeof credentials;
  } catch {
    throw refuse('is not JSON');
  }
  // What other kinds of credentials hold, only Google can tell.
  if (credentials?.type !== 'service_account') return;
  try {
    createPrivateKey(String(credentials.private_key));
  } catch {
    throw refuse('is of a service account, and its private_key is none: download the key again');
  }
}
