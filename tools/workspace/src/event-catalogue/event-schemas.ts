import {
  eventAttributesSchema,
  eventDataSchema,
  type Entity,
  type Operation,
} from '@ayna/contract';
import { z } from 'zod';
import { meaningOfAttribute, meaningOfDataField, otherProperties } from './attribute-meanings.ts';
import type { JsonSchema } from './document-schema.ts';

interface ObjectSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** The schema of what travels, which is what zod reads and not what it makes of it. */
function objectSchema(type: z.ZodObject): ObjectSchema {
  const schema = z.toJSONSchema(type, { io: 'input', target: 'draft-7' });
  return {
    properties: (schema.properties ?? {}) as Record<string, JsonSchema>,
    required: schema.required ?? [],
  };
}

/** What stands before a CloudEvents attribute among the application properties. */
const ATTRIBUTE_PREFIX = 'cloudEvents_';

/** The application properties of the event of a type. */
export function headersSchema(entity: Entity, operation: Operation): JsonSchema {
  const { properties, required } = objectSchema(eventAttributesSchema);
  const type = { type: 'string', const: entity.eventType(operation) };
  return {
    type: 'object',
    required: required.map((name) => `${ATTRIBUTE_PREFIX}${name}`),
    properties: {
      ...Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          `${ATTRIBUTE_PREFIX}${name}`,
          { ...(name === 'type' ? type : schema), description: meaningOfAttribute(name) },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(otherProperties).map(([name, description]) => [
          name,
          { type: 'string', description },
        ]),
      ),
    },
  };
}

/** The body of the event of a type. */
export function dataSchema(entity: Entity, operation: Operation, document: string): JsonSchema {
  const { properties, required } = objectSchema(eventDataSchema);
  const version = { type: 'string', pattern: '^\\d{1,19}$' };
  const typed: Readonly<Record<string, JsonSchema>> = {
    ...properties,
    operation: { type: 'string', const: operation },
    sourceVersion: version,
    replacesVersion: { anyOf: [version, { type: 'null' }], default: null },
    document: {
      type: operation === 'delete' ? 'null' : ['string', 'null'],
      ...(operation === 'delete' ? {} : documentText(document)),
    },
    previousDocument: { type: ['string', 'null'], ...documentText(document) },
  };
  return {
    type: 'object',
    required: [...entity.key, ...required],
    properties: {
      ...Object.fromEntries(
        entity.key.map((name) => [
          name,
          { type: 'string', minLength: 1, description: `\`{${name}}\` of the document's path.` },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(typed).map(([name, schema]) => [
          name,
          { ...schema, description: meaningOfDataField(name) },
        ]),
      ),
    },
    ...(operation === 'delete' ? {} : { if: claimsCheck, then: noDocument, else: aDocument }),
  };
}

/** Draft 7 has no keyword for the schema of the JSON in a text, so an extension names it. */
const documentText = (document: string): JsonSchema => ({
  contentMediaType: 'application/json',
  'x-content-schema': { $ref: `#/components/schemas/${document}` },
});

const claimsCheck = { properties: { claimCheck: { const: true } }, required: ['claimCheck'] };
const noDocument = { properties: { document: { type: 'null' } } };
const aDocument = { properties: { document: { type: 'string' } } };
