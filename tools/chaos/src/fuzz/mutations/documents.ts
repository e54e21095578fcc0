import { entityOfType, entities, type Entity } from '@ayna/contract';
import type { Random } from '@ayna/processes';
import type { Draft } from '../draft.ts';
import { documentWith, type EventSource } from '../good-events.ts';
import { bad, either, type Mutation } from '../mutation.ts';

const tag = (datatype: unknown, value: unknown) => ({ __datatype__: datatype, value });
const nested = (depth: number): unknown => {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
};

/** Values that no document can hold. */
const UNREADABLE: readonly unknown[] = [
  tag('timestamp', null),
  tag('timestamp', { _seconds: '1', _nanoseconds: 0 }),
  tag('timestamp', { _seconds: 1.5, _nanoseconds: 0 }),
  tag('timestamp', { _seconds: 1, _nanoseconds: 1e9 }),
  tag('timestamp', { _seconds: 1, _nanoseconds: -1 }),
  tag('geopoint', { _latitude: 'north' }),
  tag('documentReference', 5),
  tag('bytes', '***'),
  tag('vector', ['a']),
  tag('vector', 'a'),
  tag('integer', '9223372036854775808'),
  tag('integer', 5),
  tag('integer', '1.5'),
  tag('double', 'infinite'),
  tag('map', []),
  tag('nothing', 1),
  tag('__proto__', {}),
  tag(null, null),
  tag({}, {}),
  { __datatype__: 'timestamp' },
];

/** For a column, values of another kind. */
const WRONG_KIND: Readonly<Record<string, readonly unknown[]>> = {
  text: [1, true, [], {}, tag('bytes', 'AAAA'), tag('integer', '9007199254740993')],
  timestamp: [
    1,
    '2026-01-01T00:00:00Z',
    true,
    {},
    tag('timestamp', { _seconds: 253_402_300_800, _nanoseconds: 0 }),
    tag('timestamp', { _seconds: -62_135_596_801, _nanoseconds: 0 }),
    tag('timestamp', { _seconds: Number.MAX_SAFE_INTEGER, _nanoseconds: 0 }),
  ],
};

/** Replaces the document; of a delete, which has none, the version is spoilt. */
function documentOf(change: (entity: Entity, source: EventSource) => string) {
  return (draft: Draft, source: EventSource) => {
    const entity = entityOfType(entities, String(draft.properties.cloudEvents_type))?.entity;
    if (draft.data.operation === 'delete' || !entity) draft.data.sourceVersion = 'none';
    else draft.data.document = change(entity, source);
  };
}

const any = (random: Random, values: readonly unknown[]) => values[random.below(values.length)];

/** Mutations of the canonical JSON of the document. */
export const documentMutations: readonly Mutation[] = [
  bad(
    'document-not-json',
    'ContractViolation',
    documentOf((entity, { random, ...source }) => {
      const text = documentWith(entity, { random, ...source }, {});
      return random.pick([
        '',
        text.slice(0, random.below(text.length - 1)),
        `${text}}`,
        text.replace('{', '{,'),
        "{'a':1}",
        '{"a":NaN}',
        'undefined',
      ]);
    }),
  ),
  bad(
    'document-not-a-map',
    'ContractViolation',
    documentOf((_, { random }) => random.pick(['null', '[]', '1', '"text"', 'true', '[[{}]]'])),
  ),
  bad(
    'document-nested-too-deep',
    'ContractViolation',
    documentOf((entity, source) =>
      documentWith(entity, source, { deep: nested(102 + source.random.below(4_000)) }),
    ),
  ),
  bad(
    'document-with-an-unreadable-value',
    'ContractViolation',
    documentOf((entity, source) =>
      documentWith(entity, source, { other: { list: [any(source.random, UNREADABLE)] } }),
    ),
  ),
  bad(
    'document-with-a-column-of-a-wrong-kind',
    'ContractViolation',
    documentOf((entity, source) => {
      const fields = Object.entries(entity.fields).filter(([, { kind }]) => kind in WRONG_KIND);
      const [name, { kind }] = fields[source.random.below(fields.length)] ?? ['', { kind: '' }];
      return documentWith(entity, source, { [name]: any(source.random, WRONG_KIND[kind] ?? []) });
    }),
  ),
  either(
    'document-itself-a-tagged-value',
    documentOf(() => JSON.stringify(tag('integer', '1'))),
  ),
  either(
    'document-with-keys-of-prototypes',
    documentOf((entity, source) => {
      const json = documentWith(entity, source, { media: { a: 1 }, peerIds: { a: 1 } });
      const evil = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},';
      return json.replaceAll('{"a":1}', `{${evil}"a":1}`).replace('{', `{${evil}`);
    }),
  ),
  either(
    'document-with-extreme-numbers',
    documentOf((entity, source) =>
      documentWith(entity, source, { media: '#', peerIds: '#' }).replaceAll(
        '"#"',
        source.random.pick([
          '1e400',
          '-1e400',
          '1e-400',
          '123456789012345678901234567890',
          '-0',
          '0.1e1',
        ]),
      ),
    ),
  ),
  either(
    'document-with-half-characters',
    documentOf((entity, source) =>
      documentWith(entity, source, {
        body: 'a\ud800b',
        edgeType: '\udc00',
        ownerId: '\ud83d',
        media: { '\ud800': ['\udfff\u0000'] },
      }),
    ),
  ),
  either(
    'document-large',
    documentOf((entity, source) =>
      documentWith(entity, source, { notMirrored: 'x'.repeat(source.random.below(200_000)) }),
    ),
  ),
  either(
    'document-as-large-as-a-message-or-larger',
    documentOf((entity, source) =>
      documentWith(entity, source, {
        notMirrored: 'x'.repeat(255_000 + source.random.below(9_000)),
      }),
    ),
  ),
];
