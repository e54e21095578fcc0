import { triggersSettings } from '@ayna/triggers/config';
import { firebaseUnit } from '../firebase/firebase-unit.ts';

/** The Firebase functions that publish what is written to Firestore. */
export const triggers = firebaseUnit({
  name: 'triggers',
  project: '@ayna/triggers',
  what: 'the Firebase functions that publish every document written',
  app: 'apps/triggers',
  codebase: 'mirror',
  settings: triggersSettings,
  secrets: ['SERVICEBUS_CONNECTION_STRING'],
});
