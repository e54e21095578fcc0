import type { DocumentChange, Entity } from '@ayna/contract';
import type { DocumentSource } from '@ayna/firestore';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { PatienceOptions } from './patience.ts';
import type { QueueBrake } from './queue-brake.ts';

/**
 * Documents a second: a tenth of what one writer was measured to take, so that live events keep
 * their latency, and yet a million documents in 17 minutes.
 */
export const DEFAULT_RATE = 1_000;
export const DEFAULT_PARALLEL = 4;
export const DEFAULT_PAGE_SIZE = 200;
export const DEFAULT_MAX_IN_FLIGHT = 500;
export const DEFAULT_SAVE_EVERY_MS = 1_000;
export const DEFAULT_GRACE_MS = 5_000;

export interface BackfillOptions {
  /** In the order in which they are published. */
  readonly entities: readonly Entity[];
  readonly source: Pick<DocumentSource, 'name' | 'scan' | 'partitions'>;
  /** Names the topic; a checkpoint of another one is refused. */
  readonly destination: string;
  /**
   * Resolves once the broker has taken the event of the change. Called for every document at least
   * once, and up to `maxInFlight` times at once. It may reject with an AynaError that heals (waited
   * out and called again), with `ContractViolation` or `Oversize` (the document is listed and
   * passed over), or with anything else, which ends the run.
   */
  readonly publish: (change: DocumentChange) => Promise<void>;
  readonly checkpoint: CheckpointStore;
  /** True begins anew, whatever the checkpoint says. @defaultValue false */
  readonly restart?: boolean;
  /** Documents a second over all partitions. @defaultValue 1_000 */
  readonly rate?: number | 'max';
  /** Partitions that are read at once. @defaultValue 4 */
  readonly parallel?: number;
  /** Holds back while the queue is deep. @defaultValue never */
  readonly brake?: Pick<QueueBrake, 'turn'>;
  /** Aborted to end early: what is under way is finished, the checkpoint written. */
  readonly signal: AbortSignal;
  /** Called with each document that ends, in no promised order. */
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Called for each document that can never be mirrored, before the checkpoint passes it. */
  readonly onRejected?: (rejection: Rejection) => Promise<void>;
  /** Told what a person should know: outages. */
  readonly note?: (text: string) => void;
  /** Documents fetched at once in a partition; one more page waits. @defaultValue 200 */
  readonly pageSize?: number;
  /** Documents handed to `publish` and not yet ended, over all partitions. @defaultValue 500 */
  readonly maxInFlight?: number;
  /** Milliseconds between two saves of the checkpoint. @defaultValue 1_000 */
  readonly saveEveryMs?: number;
  /** Milliseconds that an interruption waits for what is under way. @defaultValue 5_000 */
  readonly graceMs?: number;
  /** The pauses while a service is away. */
  readonly backoff?: Pick<PatienceOptions, 'firstPauseMs' | 'maxPauseMs' | 'slowAfterMs'>;
}

/** A document that can never be mirrored as it is. */
export interface Rejection {
  readonly path: string;
  /** The code of the registry and what is wrong. */
  readonly reason: string;
}

/** How far a run has come. */
export interface BackfillProgress {
  /** The entity that is being published. */
  readonly entity: string;
  /** Documents that the broker has taken and the checkpoint will remember, earlier attempts included. */
  readonly published: number;
  readonly rejected: number;
  /** Documents that the broker has taken from this process. */
  readonly sent: number;
}

export interface BackfillResult {
  /**
   * `finished`: every document was published or rejected; `alreadyFinished`: so it was by an
   * earlier call; `interrupted`: the signal was aborted, the same call goes on from there.
   */
  readonly outcome: 'finished' | 'alreadyFinished' | 'interrupted';
  readonly runId: string;
  /** True when it went on from a checkpoint. */
  readonly resumed: boolean;
  /** Over all attempts of this run. */
  readonly published: number;
  readonly rejected: number;
  /** The first few rejections. */
  readonly rejections: readonly Rejection[];
  /** Documents that the broker has taken from this process. */
  readonly sent: number;
  /** Documents that this process has read. */
  readonly read: number;
}
