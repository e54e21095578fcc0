import type { CheckProgress } from '@ayna/consistency';
import {
  createLogger,
  exitCodes,
  keepHeapSmall,
  runProgram,
  shutdownSignal,
  startOpsServer,
} from '@ayna/platform';
import { startTelemetry } from '@ayna/telemetry';
import { checkerConfig } from './config.ts';
import { runChecker } from './run-checker.ts';

/** A job is not scraped for long: what it found goes out before it ends, or is lost. */
const LAST_WORD_MS = 10_000;

await runProgram(async () => {
  keepHeapSmall({ growingPercent: 20 });
  const config = checkerConfig(process.env);
  const logger = createLogger('checker', config.LOG_LEVEL);
  const stop = new AbortController();
  void shutdownSignal().then(() => stop.abort());
  const telemetry = await startTelemetry({
    serviceName: 'ayna-checker',
    logger,
    replicated: false,
  });
  let progress: CheckProgress | undefined;
  const ops = await startOpsServer({
    host: config.HOST,
    port: config.PORT,
    metrics: telemetry,
    ready: () => true,
    status: () => progress ?? {},
  });
  const { passed } = await runChecker(config, {
    logger,
    signal: stop.signal,
    onProgress: (latest) => (progress = latest),
  }).finally(() => telemetry.close(LAST_WORD_MS));
  await ops.close();
  process.exit(passed ? exitCodes.ok : exitCodes.failed);
});
