import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DEFAULT_GRACE_MS,
  DEFAULT_MAX_IN_FLIGHT,
  DEFAULT_SAVE_EVERY_MS,
  type BackfillOptions,
  type BackfillResult,
} from './backfill-options.ts';
import {
  checkCheckpoint,
  newCheckpoint,
  type BackfillWork,
  type Checkpoint,
} from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { keepSaving } from './keep-saving.ts';
import { publishEntities, totals, type Run } from './publish-entities.ts';
import { createSlots } from './slots.ts';

/**
 * Publishes every document of the entities as an event that carries the document's own version, so
 * that it can never overwrite anything newer, and live events may flow beside it.
 *
 * Entity by entity, each cut into ranges of its keys, several of which are read at once. A run that
 * was killed goes on from its checkpoint: what the checkpoint does not know is published again, no
 * document is left out. Documents written after the run began may be passed over; their triggers
 * publish them.
 *
 * Rejects with AynaError `CheckpointUnusable` before anything is read when the checkpoint is damaged
 * or of other work, and with what ends a run (`BrokerRejected`, `FirestoreRejected`, ...) after
 * saving the checkpoint.
 */
export async function runBackfill(options: BackfillOptions): Promise<BackfillResult> {
  const { source, entities, destination, checkpoint: store, signal, restart = false } = options;
  const work = { source: source.name, destination, entities };
  const held = restart ? undefined : await loadCheckpoint(store, work);
  const run: Run = {
    checkpoint: held ?? newCheckpoint(work, `backfill-${randomUUID()}`),
    resumed: held !== undefined,
    sent: 0,
    read: 0,
  };
  if (run.checkpoint.finishedAt !== null) return resultOf(run, 'alreadyFinished');

  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    // Once the run is to end, what is under way fails for that very reason.
    if (stop.aborted) return;
    failures.push(error);
    broken.abort(error);
  };
  const slots = createSlots(options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT);
  const save = () => store.save({ ...run.checkpoint, savedAt: new Date().toISOString() });
  await save();
  const saving = keepSaving(save, options.saveEveryMs ?? DEFAULT_SAVE_EVERY_MS, fail);
  try {
    await publishEntities(options, run, { slots, stop, fail });
    run.checkpoint.finishedAt = new Date().toISOString();
  } catch (error) {
    fail(error);
    await Promise.race([slots.idle(), delay(options.graceMs ?? DEFAULT_GRACE_MS)]);
  }
  await saving.close();
  if (failures.length > 0) throw failures[0];
  return resultOf(run, run.checkpoint.finishedAt === null ? 'interrupted' : 'finished');
}

/**
 * The checkpoint of this work; undefined when there is none yet.
 *
 * Rejects with AynaError `CheckpointUnusable` when it is damaged or of other work.
 */
export async function loadCheckpoint(
  store: Pick<CheckpointStore, 'name' | 'load'>,
  work: BackfillWork,
): Promise<Checkpoint | undefined> {
  const checkpoint = await store.load();
  if (checkpoint) checkCheckpoint(checkpoint, work, store.name);
  return checkpoint;
}

function resultOf(run: Run, outcome: BackfillResult['outcome']): BackfillResult {
  const { checkpoint, resumed, sent, read } = run;
  const { runId, rejections } = checkpoint;
  return { outcome, runId, resumed, ...totals(checkpoint), rejections, sent, read };
}
