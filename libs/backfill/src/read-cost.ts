import type { Entity } from '@ayna/contract';
import type { DocumentSource } from '@ayna/firestore';
import type { Checkpoint } from './checkpoint.ts';
import { createPatience } from './patience.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Firestore's list price in US dollars for 100,000 document reads beyond the free quota, in the
 * multi-regions nam5 and eur3 (https://cloud.google.com/firestore/pricing). It differs by location
 * and edition.
 */
export const DEFAULT_PRICE_PER_100K_READS = 0.06;

/** An aggregation costs one read for each thousand index entries that it counts, at least one. */
const COUNTED_BY_ONE_READ = 1_000;
const PRICED_READS = 100_000;

/** What a backfill has before it. */
export interface ReadCost {
  readonly entities: readonly {
    readonly name: string;
    /** Documents that Firestore counts now. */
    readonly documents: number;
    /** Documents that an earlier attempt has published or rejected. */
    readonly done: number;
  }[];
  /** Documents that are still to be read. */
  readonly remaining: number;
  /** Reads that are charged for: the remaining documents, and the count itself. */
  readonly reads: number;
  readonly usd: number;
  /** Undefined when the rate is not limited. */
  readonly seconds: number | undefined;
}

export interface ReadCostOptions {
  readonly source: Pick<DocumentSource, 'count'>;
  readonly entities: readonly Entity[];
  /** Of an earlier attempt. */
  readonly checkpoint: Checkpoint | undefined;
  readonly rate: number | 'max';
  /** @defaultValue `DEFAULT_PRICE_PER_100K_READS` */
  readonly pricePer100kReads?: number;
  /** Ends the counting. */
  readonly signal: AbortSignal;
  /** Told what is waited for while Firestore is away. */
  readonly note: (text: string) => void;
}

/**
 * Counts the documents and says what reading them will cost. Waits while Firestore is away;
 * rejects with the AynaError `FirestoreRejected` of the source, or with the reason of the signal.
 */
export async function readCost(options: ReadCostOptions): Promise<ReadCost> {
  const { source, checkpoint, rate, pricePer100kReads = DEFAULT_PRICE_PER_100K_READS } = options;
  const { signal, note } = options;
  const patience = createPatience({ signal, note });
  const entities = [];
  let countingReads = 0;
  for (const entity of options.entities) {
    const documents = await patience.waitOut('Firestore', () =>
      untilAborted(source.count(entity), signal),
    );
    countingReads += Math.max(1, Math.ceil(documents / COUNTED_BY_ONE_READ));
    const held = checkpoint?.entities.find(({ name }) => name === entity.name);
    const done = held ? held.published + held.rejected : 0;
    entities.push({ name: entity.name, documents, done });
  }
  const remaining = entities.reduce(
    (sum, { documents, done }) => sum + Math.max(0, documents - done),
    0,
  );
  const reads = remaining + countingReads;
  return {
    entities,
    remaining,
    reads,
    usd: (reads / PRICED_READS) * pricePer100kReads,
    seconds: rate === 'max' ? undefined : remaining / rate,
  };
}
