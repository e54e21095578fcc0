import { isDeepStrictEqual } from 'node:util';
import { entities, SourceVersion, type Columns, type MirrorChange } from '@ayna/contract';
import {
  histories,
  keyText,
  modelRows,
  runs,
  rowOf,
  spread,
  spreads,
  type CommittedChange,
  type ModelRow,
} from '@ayna/mirror-model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMirrorStore, type MirrorRow, type MirrorStore } from '../../src/index.ts';
import { byHand } from '../by-hand.ts';
import { contentOf, type StoreUnderTest } from '../store-under-test.ts';
import { deliver, expectRows } from './histories.ts';

/** Beyond every version that a document has, now or later. */
const FUTURE = 9_200_000_000_000_000_000n;

/** Commits are so far apart that checks have versions of their own between them. */
const COMMIT_GAP = 100;
const livesWithGaps = histories({
  gap: fc.integer({ min: COMMIT_GAP, max: 2 * COMMIT_GAP }),
  ties: false,
  maxLength: 40,
});

/** What somebody does to the row of a document that is somewhere in the history. */
interface Tampering {
  readonly document: number;
  readonly how: 'removed' | 'written' | 'buried' | 'moved';
  readonly version: 'kept' | 'past' | 'future';
  readonly by: number;
}

const tamperings = fc.array(
  fc.record<Tampering>({
    document: fc.nat(),
    how: fc.constantFrom('removed', 'written', 'buried', 'moved'),
    version: fc.constantFrom('kept', 'past', 'future'),
    by: fc.nat(3 * COMMIT_GAP),
  }),
  { maxLength: 8 },
);

/** Guarantees about repairs of rows that were tampered with while their documents lived on. */
export function describeTampering(open: () => StoreUnderTest): void {
  test('repairs end in the rows of the history, whatever order they and all events come in', async () => {
    const { url, store, database } = open();
    await using other = openMirrorStore({ database: url, entities });
    const epoch = fc.record({
      commits: fc.nat(12),
      before: spreads(20),
      tampering: tamperings,
      after: spreads(20),
    });
    const epochs = fc.array(epoch, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(livesWithGaps, epochs, spreads(), async (history, told, all) => {
        await byHand(database).empty(entities);
        const waiting = [...history];
        const known: MirrorChange[] = [];
        for (const { commits, before, tampering, after } of told) {
          known.push(...waiting.splice(0, commits));
          await deliver([store, other], spread(before, [], known));
          await tamper(open(), tampering, history, known);
          known.push(...(await repairsOf(store, history, known)));
          await deliver([store, other], spread(after, [], known));
        }
        known.push(...waiting);
        await tamper(open(), told[0]?.tampering ?? [], history, known);
        known.push(...(await repairsOf(store, history, known)));
        await deliver([store, other], spread(all, known));
        await expectMended(store, known);
      }),
      runs(25),
    );
  });

  test('repairs alone mend every row that they name, among late and repeated events', async () => {
    const { url, store, database } = open();
    await using other = openMirrorStore({ database: url, entities });
    await fc.assert(
      fc.asyncProperty(livesWithGaps, tamperings, spreads(), async (history, tampering, late) => {
        await byHand(database).empty(entities);
        await deliver([store, other], spread([], history));
        await expectRows(store, history);
        await tamper(
          open(),
          tampering.filter(({ how }) => how !== 'removed'),
          history,
          history,
        );
        const repairs = await repairsOf(store, history, history);
        await deliver([store, other], spread(late, repairs, [...history, ...repairs]));
        await expectMended(store, [...history, ...repairs]);
        const again = await repairsOf(store, history, [...history, ...repairs]);
        expect(again).toEqual([]);
      }),
      runs(20),
    );
  });
}

async function tamper(
  { store, database }: StoreUnderTest,
  tampering: readonly Tampering[],
  history: readonly CommittedChange[],
  known: readonly MirrorChange[],
): Promise<void> {
  const hand = byHand(database);
  for (const { document, how, version, by } of tampering) {
    const { entity, key } = history[document % history.length] ?? {};
    if (!entity || !key) continue;
    const row = await store.read(entity, key);
    const past = clockOf(known) - BigInt(by);
    const future = FUTURE + BigInt(by);
    const kept = row?.sourceVersion.micros ?? future;
    const sourceVersion = { kept, past: past < 0n ? 0n : past, future }[version];
    const columns: Columns = Object.fromEntries(
      Object.entries(entity.fields).map(([name, { kind }]) => [
        name,
        kind === 'text' ? 'by hand' : null,
      ]),
    );
    if (how === 'removed') await hand.remove(entity, key);
    else if (how === 'moved') await hand.change(entity, key, { sourceVersion });
    else
      await hand.write(entity, key, { columns: how === 'buried' ? null : columns, sourceVersion });
  }
}

/**
 * What a check publishes: for each row that is not what the documents say, their newest state, with
 * the version of the row. A document that is gone is deleted as of the time of the check.
 */
async function repairsOf(
  store: MirrorStore,
  history: readonly MirrorChange[],
  known: readonly MirrorChange[],
): Promise<MirrorChange[]> {
  const now = SourceVersion.fromMicros(clockOf(known) + 1n);
  const newest = new Map(known.map((change) => [keyText(change), change]));
  const documents = new Map(history.map((change) => [keyText(change), change]));
  const repairs: MirrorChange[] = [];
  for (const [text, document] of documents) {
    const state = newest.get(text);
    const row = await store.read(document.entity, document.key);
    if (same(row, state)) continue;
    repairs.push({
      ...document,
      columns: state?.columns ?? null,
      sourceVersion: state?.columns ? state.sourceVersion : now,
      ...(row && { replaces: row.sourceVersion }),
      eventId: `repair ${text} ${known.length}`,
      syncSource: 'repair',
    });
  }
  return repairs;
}

function clockOf(known: readonly MirrorChange[]): bigint {
  return known.reduce(
    (latest, { sourceVersion: { micros } }) => (micros > latest ? micros : latest),
    0n,
  );
}

/** Whether a row says what the newest change of its document says, whichever event wrote it. */
function same(row: MirrorRow | undefined, state: MirrorChange | undefined): boolean {
  if (!row || !state) return !row && !state?.columns;
  return isDeepStrictEqual(substance(row), substance(rowOf(state)));
}

/** Expects the rows of the model, each written by an event of its version or its repair. */
async function expectMended(store: MirrorStore, known: readonly MirrorChange[]): Promise<void> {
  const writers = new Set(known.map((change) => `${change.eventId}@${textOf(change)}`));
  for (const entity of entities) {
    const rows = await contentOf(store, entity);
    expect(rows.map(substance)).toEqual(modelRows(entity, known).map(substance));
    const foreign = rows.filter(
      (row) => !writers.has(`${row.eventId}@${textOf({ entity, ...row })}`),
    );
    expect(foreign).toEqual([]);
  }
}

function textOf(change: Pick<MirrorChange, 'entity' | 'key' | 'sourceVersion'>): string {
  return `${keyText(change)}@${change.sourceVersion.toString()}`;
}

/** A row without where it comes from. */
function substance({ key, columns, sourceVersion, deletedAt }: Substance): Substance {
  return { key, columns, sourceVersion, deletedAt };
}

type Substance = Pick<ModelRow, 'key' | 'columns' | 'sourceVersion' | 'deletedAt'>;
