import { AynaError, type Entity } from '@ayna/contract';
import { z } from 'zod';

/** Raised with every change that an older program could not read. */
const CHECKPOINT_FORMAT = 1;

const key = z.record(z.string(), z.string());
const count = z.int().min(0);
const time = z.iso.datetime();

const rangeSchema = z.strictObject({
  /** Exclusive; from the first document when there is none. */
  after: key.optional(),
  /** Inclusive; to the last document when there is none. */
  upTo: key.optional(),
  /** Everything up to this key is done: the broker has taken it, or it was rejected for good. */
  reached: key.optional(),
  finished: z.boolean(),
});

const entitySchema = z.strictObject({
  name: z.string(),
  /** Null until the key space was cut. */
  ranges: z.array(rangeSchema).min(1).nullable(),
  /** Documents that the broker has taken, up to `reached` in each range. */
  published: count,
  /** Documents that can never be mirrored, up to `reached` in each range. */
  rejected: count,
});

const checkpointSchema = z.strictObject({
  format: z.literal(CHECKPOINT_FORMAT),
  /** Names the run in its events, so that the broker knows a repetition from another run. */
  runId: z.string().min(1),
  /** The database that is read, as events name it. */
  source: z.string().min(1),
  /** The topic that is published to. */
  destination: z.string().min(1),
  startedAt: time,
  savedAt: time,
  finishedAt: time.nullable(),
  entities: z.array(entitySchema).min(1),
  /** The first few documents that can never be mirrored. */
  rejections: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
});

/** What a backfill has done so far; all it needs to go on. */
export type Checkpoint = z.infer<typeof checkpointSchema>;
export type EntityCheckpoint = Checkpoint['entities'][number];
export type RangeCheckpoint = z.infer<typeof rangeSchema>;

/** What a backfill is about: a checkpoint of other work is of no use to it. */
export interface BackfillWork {
  readonly source: string;
  readonly destination: string;
  readonly entities: readonly Entity[];
}

/** The checkpoint of a backfill that has done nothing yet. */
export function newCheckpoint(work: BackfillWork, runId: string): Checkpoint {
  const now = new Date().toISOString();
  return {
    format: CHECKPOINT_FORMAT,
    runId,
    source: work.source,
    destination: work.destination,
    startedAt: now,
    savedAt: now,
    finishedAt: null,
    entities: work.entities.map(({ name }) => ({ name, ranges: null, published: 0, rejected: 0 })),
    rejections: [],
  };
}

/**
 * Reads a checkpoint.
 *
 * @param name what to call it in an error
 * @throws AynaError `CheckpointUnusable` when the text is no checkpoint, saying what is wrong
 */
export function parseCheckpoint(text: string, name: string): Checkpoint {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AynaError('CheckpointUnusable', `the checkpoint "${name}" is damaged: not JSON`, {
      cause,
    });
  }
  const result = checkpointSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AynaError(
    'CheckpointUnusable',
    `the checkpoint "${name}" is damaged: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

/**
 * Checks that a checkpoint is of this work.
 *
 * @throws AynaError `CheckpointUnusable`, naming what differs
 */
export function checkCheckpoint(checkpoint: Checkpoint, work: BackfillWork, name: string): void {
  const refuse = (what: string): never => {
    throw new AynaError('CheckpointUnusable', `the checkpoint "${name}" ${what}`);
  };
  if (checkpoint.source !== work.source) {
    refuse(`is of the database ${checkpoint.source}, not of ${work.source}`);
  }
  if (checkpoint.destination !== work.destination) {
    refuse(`is of the topic ${checkpoint.destination}, not of ${work.destination}`);
  }
  const held = checkpoint.entities.map((entity) => entity.name).sort();
  const asked = work.entities.map((entity) => entity.name).sort();
  if (held.join() !== asked.join()) refuse(`is of ${held.join(', ')}, not of ${asked.join(', ')}`);
  for (const { name: entityName, ranges } of checkpoint.entities) {
    const entity = work.entities.find((candidate) => candidate.name === entityName);
    const wanted = entity?.key.toSorted().join();
    const keys = (ranges ?? []).flatMap(({ after, upTo, reached }) => [after, upTo, reached]);
    if (keys.some((bound) => bound && Object.keys(bound).sort().join() !== wanted)) {
      refuse(`is damaged: it holds a key that is not one of ${entityName}`);
    }
  }
}
