import {
  encodeDocument,
  entities,
  SourceVersion,
  type Entity,
  type FieldKind,
  type MirrorEvent,
} from '@ayna/contract';
import type { Random } from '@ayna/processes';
import { buildEvent, messageIdOf } from '@ayna/publisher';
import { toMessage } from '@ayna/service-bus';
import { sampleTimestamp, sampleValue } from '../load/sample-values.ts';
import { FUZZ_ID, type Draft, type PropertyValue } from './draft.ts';

const BASE_MICROS = 1_760_000_000_000_000n;

/** What good events are made from. */
export interface EventSource {
  readonly random: Random;
  /** Texts that are known to cause trouble. */
  readonly strings: readonly string[];
}

/**
 * A valid event.
 *
 * @param id what distinguishes its key from all others; the same again gives another version
 * @param version different for every event of a run
 */
export function goodEvent(source: EventSource, id: string, version: number): MirrorEvent {
  const { random } = source;
  const entity = entities[random.below(entities.length)];
  if (!entity) throw new Error('the contract has no entities');
  const at = SourceVersion.fromMicros(BASE_MICROS + BigInt(version));
  const state = () => ({ fields: fieldsOf(entity, source), version: at });
  const kind = random.pick(['create', 'update', 'update', 'delete']);
  const key = Object.fromEntries(entity.key.map((name) => [name, `${name}-${id}`]));
  return buildEvent(entities, {
    path: entity.path.format(key),
    before: kind === 'create' ? undefined : state(),
    after: kind === 'delete' ? undefined : state(),
    deletedAt: at.next(),
    originId: `fuzz-${id}-${version}`,
    source: '//firestore.googleapis.com/projects/fuzz/databases/(default)',
  });
}

/** An event as a draft of a message. */
export function draftOf(event: MirrorEvent, fuzzId: number): Draft {
  const message = toMessage(event, messageIdOf(event));
  return {
    properties: {
      ...(message.applicationProperties as Record<string, PropertyValue>),
      [FUZZ_ID]: fuzzId,
    },
    data: message.body as Record<string, unknown>,
    body: { kind: 'json' },
    contentType: message.contentType,
    messageId: `${String(message.messageId)}-${fuzzId}`,
  };
}

/** Valid canonical JSON of a document, with one field as given. */
export function documentWith(entity: Entity, source: EventSource, spoilt: object): string {
  const document = JSON.parse(encodeDocument(fieldsOf(entity, source))) as object;
  return JSON.stringify({ ...document, ...spoilt });
}

function fieldsOf(entity: Entity, source: EventSource): Record<string, unknown> {
  return {
    notMirrored: sampleValue(source.random),
    ...Object.fromEntries(
      Object.entries(entity.fields)
        .filter(() => source.random.next() < 0.9)
        .map(([name, { kind }]) => [name, valueOf(kind, source)]),
    ),
  };
}

function valueOf(kind: FieldKind, { random, strings }: EventSource): unknown {
  const text = () => strings[random.below(strings.length)] ?? '';
  switch (kind) {
    case 'text':
      return text();
    case 'json':
      return random.next() < 0.5 ? [text(), sampleValue(random)] : sampleValue(random);
    case 'timestamp':
      return random.next() < 0.1 ? null : sampleTimestamp(random);
    case 'integer':
      return random.below(1e9);
    case 'double':
      return random.next();
    case 'boolean':
      return random.next() < 0.5;
  }
}
