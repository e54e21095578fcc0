import { AynaError, encodeDocument, SourceVersion } from '@ayna/contract';
import type { ReadDocument } from '@ayna/processor';
import type { Firestore } from 'firebase-admin/firestore';

/**
 * Reads documents that were too large to travel, with the credentials of the process. Most writers
 * never meet one, so the Firestore client is loaded at the first.
 */
export function firestoreReader(projectId: string): ReadDocument {
  let connected: Promise<Firestore> | undefined;
  return async (path) => {
    try {
      const firestore = await (connected ??= connect(projectId));
      const snapshot = await firestore.doc(path).get();
      const fields = snapshot.data();
      const { updateTime } = snapshot;
      if (!fields || !updateTime) return undefined;
      return {
        document: encodeDocument(fields),
        version: SourceVersion.fromTimestamp(updateTime.seconds, updateTime.nanoseconds),
      };
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new AynaError('DocumentUnavailable', `"${path}" cannot be read: ${detail}`, { cause });
    }
  };
}

async function connect(projectId: string): Promise<Firestore> {
  const { initializeApp } = await import('firebase-admin/app');
  const { getFirestore } = await import('firebase-admin/firestore');
  const firestore = getFirestore(initializeApp({ projectId }, 'claim-checks'));
  firestore.settings({ useBigInt: true });
  return firestore;
}
