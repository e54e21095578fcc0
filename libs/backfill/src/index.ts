export {
  DEFAULT_PARALLEL,
  DEFAULT_RATE,
  type BackfillOptions,
  type BackfillProgress,
  type BackfillResult,
  type Rejection,
} from './backfill-options.ts';
export type { BackfillWork, Checkpoint } from './checkpoint.ts';
export { openCheckpointFile, readCheckpointFile, type CheckpointFile } from './checkpoint-file.ts';
export type { CheckpointStore } from './checkpoint-store.ts';
export { createQueueBrake, type QueueBrake, type QueueBrakeOptions } from './queue-brake.ts';
export {
  DEFAULT_PRICE_PER_100K_READS,
  readCost,
  type ReadCost,
  type ReadCostOptions,
} from './read-cost.ts';
export { loadCheckpoint, runBackfill } from './run-backfill.ts';
