import type { Entity, FieldKind } from '@ayna/contract';

/** A JSON Schema of draft 7, as AsyncAPI takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

const tagged = (tag: JsonSchema, value: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['__datatype__', 'value'],
  properties: { __datatype__: tag, value },
  additionalProperties: false,
});

const number = (minimum?: number, maximum?: number): JsonSchema => ({
  type: 'number',
  ...(minimum === undefined ? {} : { minimum, maximum }),
});

/** The canonical values that no plain JSON value can stand for; `canonical.ts` of the contract. */
export const valueSchemas: Readonly<Record<string, JsonSchema>> = {
  Timestamp: tagged(
    { const: 'timestamp' },
    {
      type: 'object',
      required: ['_seconds', '_nanoseconds'],
      properties: {
        _seconds: { type: 'integer' },
        _nanoseconds: { type: 'integer', minimum: 0, maximum: 999_999_999 },
      },
      additionalProperties: false,
    },
  ),
  GeoPoint: tagged(
    { const: 'geopoint' },
    {
      type: 'object',
      required: ['_latitude', '_longitude'],
      properties: { _latitude: number(-90, 90), _longitude: number(-180, 180) },
      additionalProperties: false,
    },
  ),
  Reference: tagged({ const: 'documentReference' }, { type: 'string' }),
  Bytes: tagged({ const: 'bytes' }, { type: 'string', contentEncoding: 'base64' }),
  Vector: tagged(
    { const: 'vector' },
    { type: 'array', items: { anyOf: [number(), ref('Double')] } },
  ),
  Integer: {
    ...tagged({ const: 'integer' }, { type: 'string', pattern: '^-?\\d{1,19}$' }),
    description: 'A 64-bit integer beyond ±(2^53 - 1); others are plain numbers.',
  },
  Double: {
    ...tagged({ const: 'double' }, { enum: ['NaN', 'Infinity', '-Infinity', '-0'] }),
    description: 'A double that JSON has no number for.',
  },
  EscapedMap: {
    ...tagged({ const: 'map' }, { type: 'object', additionalProperties: ref('Value') }),
    description: 'A map that has a key `__datatype__` of its own.',
  },
  Map: {
    type: 'object',
    properties: { __datatype__: false },
    additionalProperties: ref('Value'),
  },
  Value: {
    description:
      'A Firestore value as canonical JSON: what JSON holds exactly stands for itself, all else is tagged.',
    anyOf: [
      { type: ['null', 'boolean', 'string', 'number'] },
      { type: 'array', items: ref('Value') },
      ...[
        'Timestamp',
        'GeoPoint',
        'Reference',
        'Bytes',
        'Vector',
        'Integer',
        'Double',
        'EscapedMap',
        'Map',
      ].map(ref),
    ],
  },
};

const ofKind: Readonly<Record<FieldKind, JsonSchema>> = {
  text: { type: ['string', 'null'] },
  json: ref('Value'),
  timestamp: { anyOf: [ref('Timestamp'), { type: 'null' }] },
  integer: { anyOf: [{ type: ['integer', 'null'] }, ref('Integer')] },
  double: { anyOf: [{ type: ['number', 'null'] }, ref('Integer'), ref('Double')] },
  boolean: { type: ['boolean', 'null'] },
};

/** What a document of the entity may be, so that it can be mirrored. Other fields are let be. */
export function documentSchema(entity: Entity): JsonSchema {
  return {
    type: 'object',
    description: `A document at \`${entity.path.pattern}\`. Each of these fields may be absent; fields that are not named here travel too, and are not mirrored.`,
    properties: Object.fromEntries(
      Object.entries(entity.fields).map(([name, { kind }]) => [name, ofKind[kind]]),
    ),
    additionalProperties: ref('Value'),
  };
}
