import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';

/** Marks the database whose settings are made, across copies of this module in one process. */
const EXACT = Symbol.for('@ayna/firestore exact');

/**
 * The default database of the project that a Firebase function runs in. Integers are read as
 * `bigint`, so that none loses digits. Functions of several packages may be deployed together: the
 * settings, which Firestore takes once only, are made by the first that asks.
 */
export function functionsFirestore(): Firestore {
  if (getApps().length === 0) initializeApp();
  const firestore = getFirestore() as Firestore & { [EXACT]?: boolean };
  if (firestore[EXACT] !== true) {
    firestore.settings({ useBigInt: true });
    firestore[EXACT] = true;
  }
  return firestore;
}
