export { backoffMs, DEFAULT_BACKOFF, type BackoffPolicy } from './backoff.ts';
export {
  cloudFunctionOptions,
  cloudFunctionSettings,
  type CloudFunctionDefaults,
  type CloudFunctionOptions,
} from './cloud-functions.ts';
export { flag, port, readConfig, wholeNumber } from './config.ts';
export { Gathered } from './gathered.ts';
export { latencyRecorder, type LatencyRecorder, type LatencySummary } from './latency.ts';
export { censorSecrets, createLogger, logLevels, type Logger, type LogLevel } from './logger.ts';
export { LATENCY_BUCKETS_MS } from './latency-buckets.ts';
export {
  DEFAULT_BATCH_POLICY,
  microBatcher,
  type BatchPolicy,
  type MicroBatcher,
} from './micro-batcher.ts';
export { SqlGate, type Passage, type SqlGateEvents, type SqlOutage } from './sql-gate.ts';
export { parseTraceText, traceTextOf, type TraceText } from './trace-context.ts';
export { aynaMeter, aynaTracer, contextOf, failSpan, traceFields } from './tracing.ts';
export { TIME_IS_UP, within } from './within.ts';
export { keepHeapSmall, type HeapPolicy } from './small-heap.ts';
export { startOpsServer, type OpsOptions, type OpsServer, type Scrape } from './ops-server.ts';
export {
  DEFAULT_SHUTDOWN_DEADLINE_MS,
  describeFailure,
  exitCodeOf,
  exitCodes,
  runProgram,
  shutdownSignal,
} from './program.ts';
