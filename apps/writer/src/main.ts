import { entities } from '@ayna/contract';
import {
  createLogger,
  keepHeapSmall,
  runProgram,
  shutdownSignal,
  startOpsServer,
} from '@ayna/platform';
import { startProcessor, type Processor, type Waiting } from '@ayna/processor';
import {
  connectAdministration,
  connectServiceBus,
  watchQueue,
  type QueueWatch,
} from '@ayna/service-bus';
import { openMirrorStore } from '@ayna/sql-gateway';
import { startTelemetry } from '@ayna/telemetry';
import { awaitSql } from './await-sql.ts';
import { writerConfig } from './config.ts';
import { firestoreReader } from './firestore-reader.ts';

/** The processor has retries of its own. */
const SDK_RETRIES = 0;
/** What is left of the deadline of a shutdown is for connections that do not close. */
const CLOSE_TIMEOUT_MS = 2_000;

keepHeapSmall();

await runProgram(async () => {
  const config = writerConfig(process.env);
  const logger = createLogger('writer', config.logLevel);
  const stopping = new AbortController();
  const stopRequested = shutdownSignal().then((signal) => {
    logger.info({ signal }, 'stopping: finishing what is in hand');
    stopping.abort();
  });
  const telemetry = await startTelemetry({ serviceName: 'ayna-writer', logger });
  let processor: Processor | undefined;
  let watch: QueueWatch | undefined;
  let waiting: Waiting | undefined;

  const ops = await startOpsServer({
    host: config.host,
    port: config.port,
    metrics: telemetry,
    ready: () => processor?.status().state === 'running',
    status: () => processor?.status() ?? { state: 'starting', ...(waiting ? { waiting } : {}) },
  });
  const store = openMirrorStore({
    ...config.sql,
    entities,
  });
  const sqlIsThere = awaitSql(store, {
    logger,
    signal: stopping.signal,
    onWait: (now) => (waiting = now),
  });
  await Promise.race([sqlIsThere, stopRequested]);
  if (!stopping.signal.aborted) {
    processor = startProcessor({
      connect: () => connectServiceBus(config.serviceBus.endpoint, SDK_RETRIES),
      topic: config.serviceBus.topic,
      subscription: config.serviceBus.subscription,
      store,
      entities,
      logger,
      batch: { maxBatchSize: config.batchSize },
      ...(config.firebaseProject === undefined
        ? {}
        : { readDocument: firestoreReader(config.firebaseProject, entities) }),
    });
    watch = watchQueue({
      administration: connectAdministration(config.serviceBus.endpoint),
      topic: config.serviceBus.topic,
      subscription: config.serviceBus.subscription,
      thresholds: config.alertThresholds,
      logger,
    });
    process.send?.({ port: ops.port });
    await Promise.race([processor.connected, stopRequested]);
    logger.info({ port: ops.port, subscription: config.serviceBus.subscription }, 'writer started');
  }

  await stopRequested;
  await Promise.all([processor?.stop(), watch?.close()]);
  const closing = setTimeout(() => {
    logger.warn('SQL does not let its connections go; ending without');
    process.exit(0);
  }, CLOSE_TIMEOUT_MS);
  await store.close();
  clearTimeout(closing);
  await ops.close();
  await telemetry.close();
  logger.info({ status: processor?.status() }, 'stopped');
  process.exit(0);
});
