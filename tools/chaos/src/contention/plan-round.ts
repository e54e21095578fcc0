import { SourceVersion, type MirrorChange } from '@ayna/contract';
import { histories, keyText } from '@ayna/mirror-model';
import { seededRandom, type Random } from '@ayna/processes';
import fc from 'fast-check';

/** What both writers deliver before either goes on: a piece of the history of a few documents. */
export interface Round {
  /** In the order of their commits; the last one of a document is what its row must hold. */
  readonly changes: readonly MirrorChange[];
  /** How many of them are repairs. */
  readonly repairs: number;
}

/** So many histories, each of up to 40 changes of 10 documents, make a round. */
const PIECES = 250;
/** Pieces share their documents with every so-manieth one. */
const FAMILIES = 5;
const FIRST_VERSION = 1_760_000_000_000_000n;
const VERSIONS_OF_PIECE = 1_000n;
/** Of the documents of a round, rows that get a version from the future: every change to come is stale. */
const FUTURE_SHARE = 0.2;
const FUTURE = 4_000_000_000_000_000n;

/**
 * Plans a round: creations, updates and deletions of every entity, in every kind of value. The same
 * seed and number give the same round in every process.
 *
 * At its end a fifth of its documents get a row with a version from the future, which the last
 * change of the document in the next round repairs.
 *
 * @param isLast leaves no row from the future behind
 */
export function planRound(seed: number, number: number, isLast: boolean): Round {
  const changes = historyOf(seed, number);
  const known = lastOf(changes);
  const before = number === 0 ? [] : invented(seed, number - 1);
  const repairs = before.map((future) => {
    const at = changes.findLastIndex((change) => keyText(change) === keyText(future));
    // A document without a change in this round goes, as one that nobody ever wrote.
    const last = changes[at] ?? {
      ...future,
      columns: null,
      sourceVersion: versionOf(number, BigInt(PIECES)),
      eventId: `${future.eventId}:gone`,
    };
    const repair: MirrorChange = {
      ...last,
      syncSource: 'repair',
      replaces: future.sourceVersion,
    };
    if (at >= 0) changes.splice(at, 1);
    return repair;
  });
  const future = isLast ? [] : futures(seed, number, [...known.values()]);
  return { changes: [...changes, ...repairs, ...future], repairs: repairs.length };
}

function invented(seed: number, number: number): MirrorChange[] {
  return futures(seed, number, [...lastOf(historyOf(seed, number)).values()]);
}

function futures(seed: number, number: number, last: readonly MirrorChange[]): MirrorChange[] {
  const random = randomOf(seed, number);
  return last
    .filter(() => random.next() < FUTURE_SHARE)
    .map((change) => ({
      ...change,
      sourceVersion: SourceVersion.fromMicros(FUTURE + BigInt(number)),
      eventId: `${change.eventId}:future`,
    }));
}

function historyOf(seed: number, number: number): MirrorChange[] {
  return Array.from({ length: PIECES }, (_, piece) => {
    const [history = []] = fc.sample(
      histories({ start: fc.constant(versionOf(number, BigInt(piece)).micros) }),
      { seed: seed * 1_000_003 + number * PIECES + piece, numRuns: 1 },
    );
    return history.map((change): MirrorChange => ({
      entity: change.entity,
      key: Object.fromEntries(
        Object.entries(change.key).map(([name, id]) => [name, `${id}${piece % FAMILIES}`]),
      ),
      sourceVersion: change.sourceVersion,
      columns: change.columns,
      eventId: `${number}.${piece}.${change.eventId}`,
      syncSource: change.syncSource,
      retryCount: change.retryCount,
    }));
  }).flat();
}

function lastOf(changes: readonly MirrorChange[]): Map<string, MirrorChange> {
  return new Map(changes.map((change) => [keyText(change), change]));
}

function versionOf(round: number, piece: bigint): SourceVersion {
  const pieces = BigInt(round) * BigInt(PIECES + 1) + piece;
  return SourceVersion.fromMicros(FIRST_VERSION + pieces * VERSIONS_OF_PIECE);
}

function randomOf(seed: number, number: number): Random {
  return seededRandom(seed * 31 + number);
}
