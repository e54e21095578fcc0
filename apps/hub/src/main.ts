import { entities } from '@ayna/contract';
import { openTokenVerifier } from '@ayna/firebase-auth';
import {
  createLogger,
  keepHeapSmall,
  runProgram,
  shutdownSignal,
  startOpsServer,
} from '@ayna/platform';
import { connectWebPubSub, startHub, type Hub } from '@ayna/realtime';
import { connectServiceBus } from '@ayna/service-bus';
import { openDatabase } from '@ayna/sql-gateway';
import { startTelemetry } from '@ayna/telemetry';
import { awaitLog } from './await-log.ts';
import { hubConfig } from './config.ts';
import { openMemberships } from './open-memberships.ts';

/** The intake has retries of its own. */
const SDK_RETRIES = 0;
/** What is left of the deadline of a shutdown is for connections that do not close. */
const CLOSE_TIMEOUT_MS = 2_000;

keepHeapSmall();

await runProgram(async () => {
  const config = hubConfig(process.env);
  const logger = createLogger('hub', config.logLevel);
  const stopping = new AbortController();
  const stopRequested = shutdownSignal().then((signal) => {
    logger.info({ signal }, 'stopping: sending clients elsewhere');
    stopping.abort();
  });
  const telemetry = await startTelemetry({ serviceName: 'ayna-hub', logger });
  let hub: Hub | undefined;

  const ops = await startOpsServer({
    host: config.host,
    port: config.port,
    metrics: telemetry,
    ready: () => hub?.status().state === 'running',
    status: () => hub?.status() ?? { state: 'starting' },
  });
  const webPubSub = config.webPubSub && connectWebPubSub(config.webPubSub);
  const database = openDatabase({ url: config.logUrl, applicationName: 'ayna hub' });
  const verifier = await openTokenVerifier(config.firebaseProject, config);
  const memberships = await openMemberships(config);
  const { signal } = stopping;
  if (await Promise.race([awaitLog(database, { logger, signal }), stopRequested])) {
    hub = await startHub({
      ...config.serviceBus,
      connect: () => connectServiceBus(config.serviceBus.endpoint, SDK_RETRIES),
      entities,
      database,
      databaseUrl: config.logUrl,
      memberships: memberships.sources,
      verifier,
      logger,
      host: config.host,
      port: config.hubPort,
      limits: config.limits,
      ...(config.allowedOrigins ? { allowedOrigins: config.allowedOrigins } : {}),
      ...(webPubSub ? { webPubSub } : {}),
    });
    process.send?.({ port: ops.port, hubPort: hub.port });
    await Promise.race([hub.connected, stopRequested]);
    logger.info({ port: hub.port, subscription: config.serviceBus.subscription }, 'hub started');
  }

  await stopRequested;
  await hub?.stop();
  const closing = setTimeout(() => {
    logger.warn('connections do not close; ending without');
    process.exit(0);
  }, CLOSE_TIMEOUT_MS);
  await Promise.all([memberships[Symbol.asyncDispose](), verifier.close(), database.close()]);
  clearTimeout(closing);
  await ops.close();
  await telemetry.close();
  logger.info({ status: hub?.status() }, 'stopped');
  process.exit(0);
});
