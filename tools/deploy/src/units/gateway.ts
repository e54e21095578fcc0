import { gatewaySettings } from '@ayna/gateway-functions/config';
import { firebaseUnit } from '../firebase/firebase-unit.ts';

/** The Firebase functions that clients call. */
export const gateway = firebaseUnit({
  name: 'gateway',
  project: '@ayna/gateway-functions',
  what: 'the Firebase functions that clients call',
  app: 'apps/gateway',
  codebase: 'gateway',
  settings: gatewaySettings,
  secrets: ['DATABASE_URL', 'SQL_ACCESS_TOKEN', 'REDIS_URL'],
});
