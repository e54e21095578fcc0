import { z } from 'zod';

/** The settings by which every program reaches Firestore. */
export const firestoreSettings = {
  GOOGLE_CLOUD_PROJECT: z.string().describe('expected the id of the Firebase project'),
};
