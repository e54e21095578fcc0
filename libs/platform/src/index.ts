export { flag, port, readConfig, wholeNumber } from './config.ts';
export { latencyRecorder, type LatencyRecorder, type LatencySummary } from './latency.ts';
export { censorSecrets, createLogger, logLevels, type Logger, type LogLevel } from './logger.ts';
export { aynaMeter, LATENCY_BUCKETS_MS, startMetrics, type Metrics } from './metrics.ts';
export { keepHeapSmall, type HeapPolicy } from './small-heap.ts';
export { startOpsServer, type OpsOptions, type OpsServer } from './ops-server.ts';
export {
  DEFAULT_SHUTDOWN_DEADLINE_MS,
  describeFailure,
  exitCodeOf,
  exitCodes,
  runProgram,
  shutdownSignal,
} from './program.ts';
