import type { Firestore } from 'firebase-admin/firestore';
import { checkCredentialsFile } from './google-credentials.ts';

/**
 * Connects to the default database of a Firebase project, with the credentials of the process
 * (`GOOGLE_APPLICATION_CREDENTIALS`, or those of the machine), or to the emulator that
 * `FIRESTORE_EMULATOR_HOST` names. Nothing is read before the first use. `terminate()` closes it.
 *
 * Integers are read as `bigint`, so that none loses digits. The client library, which is large, is
 * loaded here and not before.
 *
 * Rejects with AynaError `FirestoreRejected` when the file of credentials cannot be one.
 */
export async function connectFirestore(projectId: string): Promise<Firestore> {
  await checkCredentialsFile();
  const { Firestore: Client } = await import('firebase-admin/firestore');
  return new Client({ projectId, useBigInt: true });
}
