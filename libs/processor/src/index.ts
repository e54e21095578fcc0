export type { CurrentDocument, ReadDocument } from './claim-check.ts';
export type { ProcessorCounts, ProcessorLatency } from './measurements.ts';
export {
  DEFAULT_STOP_DEADLINE_MS,
  startProcessor,
  type Processor,
  type ProcessorOptions,
  type ProcessorStatus,
  type Waiting,
} from './processor.ts';
