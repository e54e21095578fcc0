import { entities } from '@ayna/contract';
import { functionsFirestore } from '@ayna/firestore';
import { createLogger, type Logger } from '@ayna/platform';
import { createPublisher, type Publisher } from '@ayna/publisher';
import { connectServiceBus } from '@ayna/service-bus';
import { startTelemetry, type Telemetry } from '@ayna/telemetry';
import { triggersConfig, triggersOptions } from './config.ts';
import { mirrorFunctions } from './mirror-functions.ts';
import { openMirrorSwitch } from './mirror-switch.ts';

functionsFirestore();

interface Started {
  /** Gives the publisher while the mirror is switched on. */
  readonly publisher: () => Promise<Publisher | undefined>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** An instance that is put to sleep sends nothing: what a function has to tell goes before it ends. */
const FLUSH_MS = 1_000;

let started: Started | undefined;
let starting: Promise<Started> | undefined;

async function start(): Promise<Started> {
  const config = triggersConfig(process.env);
  const logger = createLogger('triggers', config.logLevel);
  const telemetry = await startTelemetry({ serviceName: 'ayna-triggers', logger, scraped: false });
  const isOn = await openMirrorSwitch(config.flags, config.mirrorEnabled, logger);
  let publisher: Publisher | undefined;
  // Connected by the first change to publish.
  const connect = () =>
    createPublisher(
      connectServiceBus(config.serviceBus.endpoint, config.publishRetryCount),
      config.serviceBus.topic,
    );
  started = {
    publisher: async () => ((await isOn()) ? (publisher ??= connect()) : undefined),
    logger,
    telemetry,
  };
  return started;
}

const functions = mirrorFunctions(
  entities,
  async () => (await (starting ??= start())).publisher(),
  {
    failed: ({ error: err, functionName, path, originId, eventId }) =>
      started?.logger.error(
        { err, functionName, path, originId, eventId },
        'a change was not published; it will be delivered again',
      ),
    done: async () => started?.telemetry.flush(FLUSH_MS),
  },
  triggersOptions(process.env),
);

// Firebase deploys the exports of this module by their names.
export const { mirrorDmConversations, mirrorDmMessages, mirrorFollowEdges } = functions;
