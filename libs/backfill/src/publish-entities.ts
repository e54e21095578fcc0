import { AynaError, type DocumentChange, type Entity, type ErrorCode } from '@ayna/contract';
import type { SourceDocument } from '@ayna/firestore';
import {
  DEFAULT_PAGE_SIZE,
  DEFAULT_PARALLEL,
  DEFAULT_RATE,
  type BackfillOptions,
  type Rejection,
} from './backfill-options.ts';
import type { Checkpoint, EntityCheckpoint, RangeCheckpoint } from './checkpoint.ts';
import { createPacer } from './pacer.ts';
import { createPatience } from './patience.ts';
import { publishRange } from './publish-range.ts';
import { trackRange, type DocumentOutcome } from './range-progress.ts';
import type { Slots } from './slots.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Ranges for each one that is worked on, so that all workers stay busy to the end although ranges
 * are never of quite the same size.
 */
const RANGES_PER_WORKER = 4;
/** Rejections that the checkpoint holds. */
const MAX_LISTED = 20;

/** What a publisher says of a document that can never be mirrored as it is. */
const UNMIRRORABLE: ReadonlySet<ErrorCode> = new Set(['ContractViolation', 'Oversize']);

/** A run, while it runs. */
export interface Run {
  readonly checkpoint: Checkpoint;
  readonly resumed: boolean;
  /** Documents that the broker has taken from this process. */
  sent: number;
  /** Documents that this process has read. */
  read: number;
}

/** What bounds a run, and what ends it. */
export interface Reins {
  readonly slots: Slots;
  /** Aborted when the run is to end, for whatever reason. */
  readonly stop: AbortSignal;
  /** Ends the run with an error. */
  readonly fail: (error: unknown) => void;
}

/**
 * Publishes what the checkpoint says is not done, entity by entity, and keeps the checkpoint up to
 * date. Rejects when `stop` was aborted before all was published.
 */
export async function publishEntities(
  options: BackfillOptions,
  run: Run,
  reins: Reins,
): Promise<void> {
  const { source, brake, note = () => undefined, parallel = DEFAULT_PARALLEL } = options;
  const { slots, stop, fail } = reins;
  const { checkpoint } = run;
  const pacer = createPacer(options.rate ?? DEFAULT_RATE);
  const patience = createPatience({ signal: stop, note, ...options.backoff });

  const admit = async () => {
    await slots.take();
    try {
      await brake?.turn(stop);
      await pacer.turn(stop);
    } catch (error) {
      slots.free();
      throw error;
    }
  };

  const publishDocument = async (document: SourceDocument): Promise<DocumentOutcome> => {
    run.read += 1;
    try {
      const change = changeOf(document, checkpoint);
      await patience.waitOut('The broker', () => options.publish(change));
      run.sent += 1;
      return 'published';
    } catch (error) {
      if (!(error instanceof AynaError) || !UNMIRRORABLE.has(error.code)) throw error;
      const rejection = { path: document.path, reason: `${error.code}: ${error.message}` };
      await options.onRejected?.(rejection);
      listRejection(checkpoint, rejection);
      return 'rejected';
    } finally {
      slots.free();
    }
  };

  const publishOne = (entity: Entity, progress: EntityCheckpoint, range: RangeCheckpoint) => {
    const { upTo } = range;
    const tracked = trackRange(range, (outcome) => {
      progress[outcome] += 1;
    });
    return publishRange(tracked, {
      scan: (after) =>
        source.scan(entity, {
          ...(after && { after }),
          ...(upTo && { upTo }),
          pageSize: options.pageSize ?? DEFAULT_PAGE_SIZE,
        }),
      patience,
      stop,
      admit,
      publish: publishDocument,
      onEnded: () => report(entity),
      fail,
    });
  };

  const report = (entity: Entity) =>
    options.onProgress?.({ entity: entity.name, ...totals(checkpoint), sent: run.sent });

  for (const entity of options.entities) {
    const progress = checkpoint.entities.find(({ name }) => name === entity.name);
    if (!progress) continue;
    progress.ranges ??= (
      await patience.waitOut('Firestore', () =>
        untilAborted(source.partitions(entity, parallel * RANGES_PER_WORKER), stop),
      )
    ).map((range) => ({ ...range, finished: false }));
    report(entity);
    const waiting = progress.ranges.filter(({ finished }) => !finished);
    const worker = async () => {
      for (let range = waiting.shift(); range; range = waiting.shift()) {
        await publishOne(entity, progress, range);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }
}

/** What has become of documents, over all entities and attempts. */
export function totals({ entities }: Checkpoint): Record<DocumentOutcome, number> {
  const sum = (outcome: DocumentOutcome) =>
    entities.reduce((total, entity) => total + entity[outcome], 0);
  return { published: sum('published'), rejected: sum('rejected') };
}

function changeOf({ path, state }: SourceDocument, { runId, source }: Checkpoint): DocumentChange {
  return { path, before: undefined, after: state, originId: runId, source };
}

/** A killed run may have listed the document before. */
function listRejection({ rejections }: Checkpoint, rejection: Rejection): void {
  if (rejections.length >= MAX_LISTED) return;
  if (rejections.some(({ path }) => path === rejection.path)) return;
  rejections.push(rejection);
}
