import { entities } from '@ayna/contract';
import {
  createLogger,
  runProgram,
  shutdownSignal,
  startMetrics,
  startOpsServer,
} from '@ayna/platform';
import { startProcessor } from '@ayna/processor';
import { connectAdministration, connectServiceBus, watchQueue } from '@ayna/service-bus';
import { openMirrorStore } from '@ayna/sql-gateway';
import { writerConfig } from './config.ts';
import { firestoreReader } from './firestore-reader.ts';

await runProgram(async () => {
  const config = writerConfig(process.env);
  const logger = createLogger('writer', config.logLevel);
  const stopRequested = shutdownSignal();
  const metrics = startMetrics();

  const store = openMirrorStore({
    ...config.sql,
    entities,
  });
  await store.verifySchema();
  const client = connectServiceBus(config.serviceBus.endpoint);
  const processor = startProcessor({
    client,
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
  const watch = watchQueue({
    administration: connectAdministration(config.serviceBus.endpoint),
    topic: config.serviceBus.topic,
    subscription: config.serviceBus.subscription,
    thresholds: config.alertThresholds,
    logger,
  });
  const ops = await startOpsServer({
    host: config.host,
    port: config.port,
    metrics,
    ready: () => processor.status().state === 'running',
    status: () => processor.status(),
  });
  logger.info({ port: ops.port, subscription: config.serviceBus.subscription }, 'writer started');
  process.send?.({ port: ops.port });

  const signal = await stopRequested;
  logger.info({ signal }, 'stopping: finishing what is in hand');
  await watch.close();
  await processor.stop();
  await client.close();
  await store.close();
  await ops.close();
  await metrics.close();
  logger.info({ status: processor.status() }, 'stopped');
  process.exit(0);
});
