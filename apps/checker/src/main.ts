import type { CheckProgress } from '@ayna/consistency';
import {
  createLogger,
  exitCodes,
  keepHeapSmall,
  runProgram,
  shutdownSignal,
  startMetrics,
  startOpsServer,
} from '@ayna/platform';
import { checkerConfig } from './config.ts';
import { runChecker } from './run-checker.ts';

await runProgram(async () => {
  keepHeapSmall({ growingPercent: 20 });
  const config = checkerConfig(process.env);
  const logger = createLogger('checker', config.LOG_LEVEL);
  const stop = new AbortController();
  void shutdownSignal().then(() => stop.abort());
  const metrics = startMetrics();
  let progress: CheckProgress | undefined;
  const ops = await startOpsServer({
    host: config.HOST,
    port: config.PORT,
    metrics,
    ready: () => true,
    status: () => progress ?? {},
  });
  const { passed } = await runChecker(config, {
    logger,
    signal: stop.signal,
    onProgress: (latest) => (progress = latest),
  });
  await ops.close();
  await metrics.close();
  process.exit(passed ? exitCodes.ok : exitCodes.failed);
});
