import type { DocumentSnapshot } from 'firebase-admin/firestore';
import type { Change, FirestoreEvent } from 'firebase-functions/v2/firestore';

/** The event that Firebase hands to a function for a written document. */
export type DocumentWritten = FirestoreEvent<Change<DocumentSnapshot> | undefined>;
