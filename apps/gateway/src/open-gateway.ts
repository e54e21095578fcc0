import { entities } from '@ayna/contract';
import { openDocumentSource } from '@ayna/firestore';
import { createGateway, openCallLimiter, type Gateway } from '@ayna/gateway';
import { createLogger } from '@ayna/platform';
import { openDatabase, openMirrorReads, openMirrorStore } from '@ayna/sql-gateway';
import { startTelemetry } from '@ayna/telemetry';
import type { Firestore } from 'firebase-admin/firestore';
import type { GatewayConfig } from './config.ts';

/** A gateway with what it works with. */
export interface OpenGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  /** Closes what was opened for it; Firestore stays open. Safe to call twice. */
  close(): Promise<void>;
}

/** Opens a gateway on the real ends. Nothing is connected before the first call. */
export async function openGateway(
  config: GatewayConfig,
  firestore: Firestore,
): Promise<OpenGateway> {
  const logger = createLogger('gateway', config.logLevel);
  // Before what measures is made.
  const telemetry = await startTelemetry({ serviceName: 'ayna-gateway', logger, scraped: false });
  const limiter = await openCallLimiter(config.limit, config.redisUrl);
  const database = openDatabase({
    url: config.sql.database,
    poolSize: config.poolSize,
    applicationName: 'ayna-gateway',
  });
  const gateway = createGateway({
    source: openDocumentSource(firestore),
    store: openMirrorStore({
      database,
      entities,
      procedureNames: config.sql.procedureNames,
    }),
    reads: openMirrorReads(database),
    limiter,
    logger,
  });
  const close = async (): Promise<void> => {
    await limiter.close();
    await database.close();
    await telemetry.close();
  };
  return { gateway, close, [Symbol.asyncDispose]: close };
}
