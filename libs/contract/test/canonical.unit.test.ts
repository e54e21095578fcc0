import { describe, expect } from 'vitest';
import {
  decodeDocument,
  decodeValue,
  defineEntity,
  encodeDocument,
  encodeValue,
  field,
  GeoPointValue,
  projectDocument,
  projectFields,
  ReferenceValue,
  TimestampValue,
  VectorValue,
} from '../src/index.ts';
import { fc, test } from './property.ts';

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .filter((n) => !Number.isSafeInteger(Number(n))),
  fc.string({ unit: 'binary' }),
  fc.uint8Array(),
  fc
    .tuple(
      fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
      fc.integer({ min: 0, max: 999_999 }),
    )
    .map(([seconds, micros]) => new TimestampValue(seconds, micros * 1_000)),
  fc
    .tuple(
      fc.double({ min: -90, max: 90, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
    )
    .map(([latitude, longitude]) => new GeoPointValue(latitude + 0, longitude + 0)),
  fc.string().map((path) => new ReferenceValue(path)),
  fc.array(fc.double()).map((components) => new VectorValue(components)),
);
const key = fc.oneof(fc.string(), fc.constant('__datatype__'), fc.constant('value'));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      key.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

describe('canonical encoding', () => {
  test.prop([value])('gives every Firestore value back through JSON text', (original) => {
    const text = JSON.stringify(encodeValue(original));
    expect(decodeValue(JSON.parse(text))).toEqual(original);
  });

  test.prop([value])('encodes what it decoded to the very same text', (original) => {
    const text = JSON.stringify(encodeValue(original));
    expect(JSON.stringify(encodeValue(decodeValue(JSON.parse(text))))).toBe(text);
  });

  test('does not depend on the order in which a map was filled', () => {
    expect(encodeDocument({ b: 1, a: { d: 2, c: 3 } })).toBe(
      encodeDocument({ a: { c: 3, d: 2 }, b: 1 }),
    );
  });

  test('writes the tags of the Firestore export convention', () => {
    expect(
      encodeValue({
        at: new TimestampValue(1_543_579_505, 249_000),
        place: new GeoPointValue(12.5, -158.25),
        ref: new ReferenceValue('a/b'),
        big: 2n ** 60n,
        small: 7n,
        nan: Number.NaN,
        bytes: Uint8Array.of(1, 2, 255),
      }),
    ).toEqual({
      at: { __datatype__: 'timestamp', value: { _seconds: 1_543_579_505, _nanoseconds: 249_000 } },
      place: { __datatype__: 'geopoint', value: { _latitude: 12.5, _longitude: -158.25 } },
      ref: { __datatype__: 'documentReference', value: 'a/b' },
      big: { __datatype__: 'integer', value: '1152921504606846976' },
      small: 7,
      nan: { __datatype__: 'double', value: 'NaN' },
      bytes: { __datatype__: 'bytes', value: 'AQL/' },
    });
  });

  test('keeps a __proto__ field an ordinary field', () => {
    const decoded = decodeDocument('{"__proto__":{"admin":true}}');
    expect(Object.hasOwn(decoded, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });

  test.for([
    '[1]',
    'null',
    '{',
    '{"a":{"__datatype__":"timestamp","value":{"_seconds":"1","_nanoseconds":0}}}',
    '{"a":{"__datatype__":"timestamp","value":{"_seconds":1,"_nanoseconds":1000000000}}}',
    '{"a":{"__datatype__":"integer","value":"9223372036854775808"}}',
    '{"a":{"__datatype__":"bytes","value":"?"}}',
    '{"a":{"__datatype__":"planet","value":"mars"}}',
    '{"a":{"__datatype__":"map","value":[]}}',
  ])('refuses %s, naming the place', (text) => {
    expect(() => decodeDocument(text)).toThrow(/document/);
  });

  test('refuses what Firestore cannot hold, naming the place', () => {
    expect(() => encodeDocument({ a: [() => 1] })).toThrow('document.a[0] is a function');
    expect(() => encodeDocument({ a: new Map() })).toThrow('document.a is a Map object');
    expect(() => encodeDocument({ a: 2n ** 63n })).toThrow('document.a does not fit');
  });

  test('survives nesting made to exhaust the stack', () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    expect(() => decodeDocument(deep)).toThrow('nested deeper');
  });
});

describe('projection', () => {
  const everyKind = defineEntity({
    name: 'every.kind',
    path: 'things/{id}',
    functionName: 'mirrorThings',
    table: 'Things',
    procedures: { upsert: 'up', delete: 'del', purge: 'purge' },
    fields: {
      text: field.text(),
      json: field.json(),
      timestamp: field.timestamp(),
      integer: field.integer(),
      double: field.double(),
      boolean: field.boolean(),
    },
  });
  const anything = fc.oneof(value, fc.bigInt({ min: -3n, max: 3n }), fc.constant(undefined));
  const fields = fc.record(
    Object.fromEntries(Object.keys(everyKind.fields).map((name) => [name, anything])),
  );
  const outcome = (project: () => unknown) => {
    try {
      return project();
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.prop([fields])(
    'of fields as an SDK reads them is that of their canonical text, the refusal included',
    (document) => {
      expect(outcome(() => projectFields(everyKind, document))).toEqual(
        outcome(() => projectDocument(everyKind, encodeDocument(document))),
      );
    },
  );
});
