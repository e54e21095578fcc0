import { entities } from '@ayna/contract';
import { functionsFirestore } from '@ayna/firestore';
import { createLogger } from '@ayna/platform';
import { createPublisher, type Publisher } from '@ayna/publisher';
import { connectServiceBus } from '@ayna/service-bus';
import { triggersConfig } from './config.ts';
import { mirrorFunctions } from './mirror-functions.ts';
import { openMirrorSwitch } from './mirror-switch.ts';

functionsFirestore();

/** Gives the publisher while the mirror is switched on. */
type PublisherNow = () => Promise<Publisher | undefined>;

let starting: Promise<PublisherNow> | undefined;

async function start(): Promise<PublisherNow> {
  const config = triggersConfig(process.env);
  const logger = createLogger('triggers', config.logLevel);
  const isOn = await openMirrorSwitch(config.flags, config.mirrorEnabled, logger);
  let publisher: Publisher | undefined;
  // Connected by the first change to publish.
  const connect = () =>
    createPublisher(
      connectServiceBus(config.serviceBus.endpoint, config.publishRetryCount),
      config.serviceBus.topic,
    );
  return async () => ((await isOn()) ? (publisher ??= connect()) : undefined);
}

const functions = mirrorFunctions(entities, async () => (await (starting ??= start()))());

// Firebase deploys the exports of this module by their names.
export const { mirrorDmConversations, mirrorDmMessages, mirrorFollowEdges } = functions;
