import { entities, type Outcome } from '@ayna/contract';
import { createLogger, keepHeapSmall, startOpsServer } from '@ayna/platform';
import { startProcessor } from '@ayna/processor';
import { connectServiceBus } from '@ayna/service-bus';
import { startTelemetry } from '@ayna/telemetry';

/**
 * A program: the writer with a store that answers at once. What it settles in a second is the
 * ceiling that broker, SDK and processor set to any writer.
 */
keepHeapSmall();
const [connectionString = '', topic = '', subscription = ''] = process.argv.slice(2);
const logger = createLogger('receive-only', 'warn');
const metrics = await startTelemetry({ serviceName: 'receive-only', logger });
const processor = startProcessor({
  connect: () => connectServiceBus({ kind: 'connectionString', connectionString }),
  topic,
  subscription,
  entities,
  logger,
  store: { apply: (changes) => Promise.resolve(changes.map((): Outcome => 'applied')) },
});
const ops = await startOpsServer({
  host: '127.0.0.1',
  port: 0,
  metrics,
  ready: () => true,
  status: () => processor.status(),
});
process.send?.({ port: ops.port });
process.once('SIGTERM', () => {
  void processor.stop().then(() => process.exit(0));
});
