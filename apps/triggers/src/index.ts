import { entities } from '@ayna/contract';
import { createLogger } from '@ayna/platform';
import { createPublisher, type Publisher } from '@ayna/publisher';
import { connectServiceBus } from '@ayna/service-bus';
import { getApps, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { triggersConfig } from './config.ts';
import { mirrorFunctions } from './mirror-functions.ts';

if (getApps().length === 0) initializeApp();
// Integers beyond 2^53 must reach SQL exactly.
getFirestore().settings({ useBigInt: true });

interface Running {
  readonly publisher: Publisher | undefined;
}

let running: Running | undefined;

function start(): Running {
  const config = triggersConfig(process.env);
  if (!config.mirrorEnabled) {
    createLogger('triggers', config.logLevel).warn(
      'USE_SQL_DM_WRITE_MIRROR is off: changes are not published',
    );
    return { publisher: undefined };
  }
  const client = connectServiceBus(config.serviceBus.endpoint, config.publishRetryCount);
  return { publisher: createPublisher(client, config.serviceBus.topic) };
}

const functions = mirrorFunctions(entities, () => (running ??= start()).publisher);

// Firebase deploys the exports of this module by their names.
export const { mirrorDmConversations, mirrorDmMessages, mirrorFollowEdges } = functions;
