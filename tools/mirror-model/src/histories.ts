import {
  encodeDocument,
  entities,
  projectDocument,
  SourceVersion,
  TimestampValue,
  type Entity,
  type FieldKind,
  type MirrorChange,
  type Operation,
} from '@ayna/contract';
import fc from 'fast-check';
import { keyText } from './model.ts';

/** A change as Firestore committed it: with what its event says. */
export interface CommittedChange extends MirrorChange {
  readonly operation: Operation;
  /** Canonical JSON of the document; null for a delete. */
  readonly document: string | null;
}

export interface HistoryOptions {
  /** The first version that may appear. @defaultValue one of several, some beyond 2^53 */
  readonly start?: fc.Arbitrary<bigint>;
  /** By how many microseconds the clock goes on from commit to commit. @defaultValue 0 to 3 */
  readonly gap?: fc.Arbitrary<number>;
  /** Every other deletion has the version of the write before it, as by a coarse clock. @defaultValue true */
  readonly ties?: boolean;
  /** @defaultValue 40 */
  readonly maxLength?: number;
}

interface Intent {
  readonly entity: Entity;
  readonly key: Readonly<Record<string, string>>;
  /** Null deletes the document. */
  readonly fields: Readonly<Record<string, unknown>> | null;
  readonly gap: number;
  /** A deletion takes the version of the write before it, where ties are allowed. */
  readonly ties: boolean;
}

/**
 * Random histories of a few documents of every entity, in the order of their commits: creations,
 * updates, deletions and creations anew. The versions of a document go up from commit to commit,
 * beside what `ties` allows.
 */
export function histories({
  start = fc.constantFrom(1n, 1_760_000_000_000_000n, 2n ** 53n - 20n),
  gap = fc.nat(3),
  ties = true,
  maxLength = 40,
}: HistoryOptions = {}): fc.Arbitrary<CommittedChange[]> {
  const intent = fc.oneof(...entities.map((entity) => intents(entity, gap)));
  const committed = fc.tuple(start, fc.array(intent, { minLength: 1, maxLength }));
  return committed.map(([first, steps]) => told(commit(first, steps, ties)));
}

function intents(entity: Entity, gap: fc.Arbitrary<number>): fc.Arbitrary<Intent> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, { kind }] of Object.entries(entity.fields)) fields[name] = values[kind];
  return fc.record({
    entity: fc.constant(entity),
    key: fc.record(Object.fromEntries(entity.key.map((name) => [name, ids]))),
    fields: fc.option(fc.record(fields, { requiredKeys: [] }), { freq: 2 }),
    gap,
    ties: fc.boolean(),
  });
}

/** Few, so that a document has a life; in an order of their own by bytes. */
const ids = fc.constantFrom('a', 'B');

const texts = fc.oneof(
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.constantFrom('', ' ', '\0', '\ud800', 'ı İ', "'; --", '{"a":null}'),
);

const instants = fc
  .tuple(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), fc.nat(999_999))
  .map(([seconds, micros]) => new TimestampValue(seconds, micros * 1_000));

const doubles = fc.double();
const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const values: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
  text: fc.option(texts),
  timestamp: fc.option(instants),
  double: fc.option(doubles),
  integer: fc.option(integers),
  boolean: fc.option(fc.boolean()),
  json: fc.oneof(
    texts,
    fc.constantFrom(null, [], {}),
    fc.array(fc.oneof(texts, doubles, integers), { maxLength: 3 }),
    fc.record({ at: instants, inner: fc.record({ list: fc.array(texts, { maxLength: 2 }) }) }),
  ),
};

function commit(first: bigint, steps: readonly Intent[], ties: boolean): CommittedChange[] {
  const history: CommittedChange[] = [];
  const held = new Map<string, CommittedChange>();
  let clock = first;
  for (const { entity, key, fields, gap, ...step } of steps) {
    const before = held.get(keyText({ entity, key }));
    const exists = before !== undefined && before.operation !== 'delete';
    if (!exists && fields === null) continue;
    clock += BigInt(gap);
    const last = before?.sourceVersion.micros ?? -1n;
    if (clock <= last) clock = last + 1n;
    const version = fields === null && ties && step.ties ? last : clock;
    const document = fields && encodeDocument(fields);
    const change: CommittedChange = {
      entity,
      key: { ...key },
      sourceVersion: SourceVersion.fromMicros(version),
      columns: document === null ? null : projectDocument(entity, document),
      eventId: `${entity.name}:${history.length}`,
      syncSource: 'trigger',
      retryCount: 0,
      operation: document === null ? 'delete' : exists ? 'update' : 'create',
      document,
    };
    history.push(change);
    held.set(keyText(change), change);
  }
  return history;
}

/** Makes fast-check tell a failing history by a line for each change. */
function told(history: CommittedChange[]): CommittedChange[] {
  const lines = () =>
    history.map(
      (change) =>
        `\n  ${change.operation} ${keyText(change)} @${change.sourceVersion.toString()} ${change.document ?? ''}`,
    );
  return Object.defineProperty(history, fc.toStringMethod, {
    value: () => `[${lines().join('')}]`,
  });
}
