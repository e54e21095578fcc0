import type { Firestore } from 'firebase-admin/firestore';

/**
 * Connects to the default database of a Firebase project, with the credentials of the process
 * (`GOOGLE_APPLICATION_CREDENTIALS`, or those of the machine), or to the emulator that
 * `FIRESTORE_EMULATOR_HOST` names. Nothing is read before the first use. `terminate()` closes it.
 *
 * Integers are read as `bigint`, so that none loses digits. The client library, which is large, is
 * loaded here and not before.
 */
export async function connectFirestore(projectId: string): Promise<Firestore> {
  const { Firestore: Client } = await import('firebase-admin/firestore');
  return new Client({ projectId, useBigInt: true });
}
