import { z } from 'zod';
import { type Entity, operations, type Operation } from './entity.ts';
import { entityOfType } from './entity-lookup.ts';
import { AynaError } from './errors.ts';
import { SourceVersion } from './source-version.ts';
import { upcast } from './upcast.ts';

/**
 * The version of the wire contract, in the CloudEvents extension `contractversion`. Raise it with
 * every change to what an event may hold (`contract-hash.unit.test.ts` sees to that) and add the
 * step from the version before to `upcast.ts`.
 *
 * - 1: the first.
 * - 2: `data.replacesVersion`, so that a repair can mend a row whatever its version.
 */
export const CONTRACT_VERSION = 2;

/** Where an event comes from: the trigger, or one of the tools that publish on their own. */
export const syncSources = ['trigger', 'backfill', 'repair', 'gateway'] as const;
export type SyncSource = (typeof syncSources)[number];

const sourceVersion = z.string().transform((text, context) => {
  try {
    return SourceVersion.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a decimal integer of microseconds' });
    return z.NEVER;
  }
});

const id = z.string().min(1);
const rfc3339 = z.iso.datetime();

/** The `data` of an event, beside the identity fields, which differ from entity to entity. */
export const eventDataSchema = z.object({
  operation: z.enum(operations),
  sourceVersion,
  /**
   * The version of the row that a repair found to be wrong, as decimal text: a row that still has
   * it is replaced, even by an older version or the same one. Null for every other event.
   */
  replacesVersion: sourceVersion.nullable().default(null),
  /** Canonical JSON of the document after the change; null for a delete or a claim check. */
  document: z.string().nullable(),
  /** Canonical JSON of the document before the change; null when there was none or it was dropped. */
  previousDocument: z.string().nullable(),
  /** True when the document is too large for the broker: read it from Firestore by `subject`. */
  claimCheck: z.boolean().default(false),
  occurredAt: rfc3339,
  /** 1 for the first publication; each replay adds one. */
  attempt: z.int().min(1),
  syncSource: z.enum(syncSources).default('trigger'),
});

/** The CloudEvents 1.0 attributes of an event. */
export const eventAttributesSchema = z.object({
  specversion: z.literal('1.0'),
  /** `eventType:source:firestoreEventId:entropy`; a redelivered trigger makes the same id. */
  id,
  type: id,
  source: id,
  /** The path of the document. */
  subject: id,
  /** The commit. */
  time: rfc3339,
  contractversion: z.int().min(1),
});

/** What tells how to read the rest: read first, and the same in every version. */
const versionSchema = z.object({ contractversion: eventAttributesSchema.shape.contractversion });

/** The attributes of an event, as CloudEvents names them. */
export type EventAttributes = z.infer<typeof eventAttributesSchema>;
/** What an event carries, beside the key. */
export type EventData = z.infer<typeof eventDataSchema>;

/** The event that says what happened to one document. */
export interface MirrorEvent extends EventAttributes {
  readonly data: EventData & {
    /** The identity fields: `conversationId`, `messageId`, ... */
    readonly key: Readonly<Record<string, string>>;
  };
}

/** A parsed event together with what its type says. */
export interface TypedEvent {
  readonly entity: Entity;
  readonly operation: Operation;
  readonly event: MirrorEvent;
}

/**
 * Checks what came from the wire against the contract. An event of an older contract is brought to
 * this one's version first, and says so in its `contractversion`.
 *
 * @param attributes the CloudEvents attributes, as read from the transport
 * @param data the parsed JSON body, identity fields flat beside the others
 * @throws AynaError `ContractTooNew`, `UnknownEntity` or `ContractViolation`, naming the field
 */
export function parseMirrorEvent(
  entities: readonly Entity[],
  attributes: unknown,
  data: unknown,
): TypedEvent {
  const { contractversion } = parse(versionSchema, attributes, '');
  if (contractversion > CONTRACT_VERSION) {
    throw new AynaError(
      'ContractTooNew',
      `the event has contract version ${contractversion}, this program knows ${CONTRACT_VERSION}`,
    );
  }
  const current = upcast({ attributes, data }, contractversion);
  const parsedAttributes = {
    ...parse(eventAttributesSchema, current.attributes, ''),
    contractversion: CONTRACT_VERSION,
  };
  const typed = entityOfType(entities, parsedAttributes.type);
  if (!typed) {
    throw new AynaError('UnknownEntity', `no entity has the event type "${parsedAttributes.type}"`);
  }
  const parsedData = parse(eventDataSchema, current.data, 'data.');
  const key = parseKey(typed.entity, current.data, parsedAttributes.subject);
  if (parsedData.operation !== typed.operation) {
    throw new AynaError(
      'ContractViolation',
      `data.operation is "${parsedData.operation}", but the type is "${parsedAttributes.type}"`,
    );
  }
  const wantsDocument = typed.operation !== 'delete' && !parsedData.claimCheck;
  if (wantsDocument !== (parsedData.document !== null)) {
    throw new AynaError(
      'ContractViolation',
      `data.document must ${wantsDocument ? 'hold the document' : 'be null'} in a ${typed.operation}`,
    );
  }
  return { ...typed, event: { ...parsedAttributes, data: { ...parsedData, key } } };
}

/** The `data` of an event as it goes over the wire: identity fields flat, versions as text. */
export function wireData(event: MirrorEvent): Record<string, unknown> {
  const { key, sourceVersion: version, replacesVersion: replaced, ...rest } = event.data;
  return {
    ...key,
    ...rest,
    sourceVersion: version.toString(),
    replacesVersion: replaced?.toString() ?? null,
  };
}

/** The schema of each entity's identity fields, made once: making one costs more than using it. */
const keySchemas = new WeakMap<Entity, z.ZodType<Record<string, string>>>();

function keySchema(entity: Entity): z.ZodType<Record<string, string>> {
  let schema = keySchemas.get(entity);
  if (!schema) {
    schema = z.object(Object.fromEntries(entity.key.map((name) => [name, id])));
    keySchemas.set(entity, schema);
  }
  return schema;
}

function parseKey(entity: Entity, data: unknown, subject: string): Record<string, string> {
  const key = parse(keySchema(entity), data, 'data.');
  if (entity.path.format(key) !== subject) {
    throw new AynaError('ContractViolation', 'the subject and the identity fields in data differ');
  }
  return key;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, prefix: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 5)
    .map((issue) => `${prefix}${issue.path.join('.')}: ${issue.message}`);
  throw new AynaError('ContractViolation', problems.join('; '));
}
