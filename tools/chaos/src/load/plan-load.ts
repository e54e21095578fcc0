import type { Write } from '@ayna/demo/write';
import { seededRandom, type Random } from '@ayna/processes';
import { longText, sampleText, sampleTimestamp, sampleValue } from './sample-values.ts';

/** Writes that begin at one moment. */
export interface LoadStep {
  /** After the start of the run. */
  readonly atMs: number;
  /**
   * `single`, one after the other with whatever else concerns the document; `batch`, one commit;
   * `burst`, all at once on one document, so that Firestore decides which comes last.
   */
  readonly kind: 'single' | 'batch' | 'burst';
  readonly writes: readonly Write[];
}

const HOT_DOCUMENTS = 6;
const BURST_SHARE = 0.01;
const BATCH_SHARE = 0.02;
/** Documents beyond the 256 KiB of a message, and previous documents that only together are. */
const LARGE_SHARE = 0.002;
const DELETE_SHARE = 0.12;
const RECREATE_SHARE = 0.06;
const UPDATE_SHARE = 0.5;
const MAX_KNOWN = 5_000;

/** How many writes a load has, and over what time. */
export interface LoadPlan {
  readonly seed: number;
  readonly lengthMs: number;
  readonly writesPerSecond: number;
}

/**
 * Plans the load of a run: creates, updates, deletes and re-creations of all entities, bursts on
 * hot documents, batches, documents of all kinds of values, a few too large to travel. The same
 * plan gives the same steps; all of them are valid.
 */
export function* planLoad({ seed, lengthMs, writesPerSecond }: LoadPlan): Generator<LoadStep> {
  const random = seededRandom(seed ^ 0x10ad);
  const known: string[] = [];
  const deleted: string[] = [];
  const total = Math.floor((lengthMs * writesPerSecond) / 1_000);
  for (let written = 0; written < total;) {
    const step = planStep(random, known, deleted);
    yield { atMs: Math.floor((written / writesPerSecond) * 1_000), ...step };
    written += step.writes.length;
  }
}

function planStep(random: Random, known: string[], deleted: string[]): Omit<LoadStep, 'atMs'> {
  const die = random.next();
  if (die < BURST_SHARE) {
    const path = `conversations/hot-${random.below(HOT_DOCUMENTS)}`;
    const writes = Array.from({ length: 5 + random.below(20) }, () =>
      random.next() < 0.1 ? { path, fields: undefined } : fill(random, path),
    );
    return { kind: 'burst', writes };
  }
  if (die < BURST_SHARE + BATCH_SHARE) {
    const paths = new Set(Array.from({ length: 2 + random.below(20) }, () => newPath(random)));
    known.push(...paths);
    return { kind: 'batch', writes: [...paths].map((path) => fill(random, path)) };
  }
  return { kind: 'single', writes: [single(random, known, deleted)] };
}

function single(random: Random, known: string[], deleted: string[]): Write {
  const die = random.next();
  if (die < DELETE_SHARE && known.length > 0) {
    const path = take(random, known);
    deleted.push(path);
    return { path, fields: undefined };
  }
  if (die < DELETE_SHARE + RECREATE_SHARE && deleted.length > 0) {
    const path = take(random, deleted);
    known.push(path);
    return fill(random, path);
  }
  if (die < DELETE_SHARE + RECREATE_SHARE + UPDATE_SHARE && known.length > 0) {
    return fill(random, known[random.below(known.length)] ?? '');
  }
  const path = newPath(random);
  if (known.length >= MAX_KNOWN) take(random, known);
  known.push(path);
  return fill(random, path);
}

function take(random: Random, from: string[]): string {
  return from.splice(random.below(from.length), 1)[0] ?? '';
}

function newPath(random: Random): string {
  const id = random.below(1e9).toString(36);
  const conversation = `conversations/c${random.below(50)}`;
  return random.pick([
    `${conversation}/messages/m${id}`,
    `${conversation}/messages/m${id}`,
    `conversations/ğ-${id}`,
    `follows/u${random.below(200)}/targets/t${id}`,
  ]);
}

/** A document for a path. */
function fill(random: Random, path: string): Write {
  const at = sampleTimestamp(random);
  const common = { updatedAt: at, notMirrored: sampleValue(random) };
  if (path.startsWith('follows/')) {
    return { path, fields: { ...common, edgeType: sampleText(random), createdAt: at } };
  }
  if (path.includes('/messages/')) {
    const body =
      random.next() < LARGE_SHARE * 2
        ? longText(random, 100_000 + random.below(800_000))
        : sampleText(random);
    return {
      path,
      fields: { ...common, authorId: 'ayşe', body, media: sampleValue(random), createdAt: at },
    };
  }
  return {
    path,
    fields: {
      ...common,
      ownerId: 'mehmet',
      peerIds: [sampleText(random), 'zeynep'],
      lastMessageAt: random.next() < 0.2 ? null : at,
      lastMessagePreview: sampleText(random),
      ...(random.next() < 0.5 ? {} : { lastMessageAuthorId: 'ayşe' }),
    },
  };
}
