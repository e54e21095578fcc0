import { AynaError, encodeDocument, SourceVersion } from '@ayna/contract';
import type { ReadDocument } from '@ayna/processor';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';

/** Reads documents that were too large to travel, with the credentials of the process. */
export function firestoreReader(projectId: string): ReadDocument {
  const firestore = getFirestore(initializeApp({ projectId }, 'claim-checks'));
  firestore.settings({ useBigInt: true });
  return async (path) => {
    try {
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
