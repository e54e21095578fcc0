import { createHash } from 'node:crypto';
import type { AmqpMessage } from './amqp-message.ts';
import { attemptOf, fieldOf, FIRST_PUBLISHED_PROPERTY, type DeadLetter } from './dead-letter.ts';
import { withoutTrace } from './replay-trace.ts';

/** What a replay sends for a dead letter. */
export interface Replay {
  readonly message: AmqpMessage;
  readonly newMessageId: string;
  readonly attempt: number;
}

/** Why a dead letter is left where it is. */
export interface Refusal {
  readonly why: string;
}

/**
 * How old an event may be and still be replayed: as long as tombstones are kept. After that the row
 * of a document that was deleted since may be forgotten, and the replay would bring it back.
 *
 * @defaultValue 30 days
 */
const DEFAULT_TOMBSTONE_RETENTION_MS = 30 * 24 * 60 * 60 * 1_000;

const MS_PER_DAY = 24 * 60 * 60 * 1_000;

/**
 * The message that replays a dead letter, or why there is none.
 *
 * It has the event id, the properties and the body of the dead letter, one `attempt` more, and a
 * message id that derives from the old one: a replay that was sent but not completed and is sent
 * again is the same message to the broker, and another replay another one. A body that is no event
 * travels as it is, byte for byte.
 */
export function replayOf(
  letter: DeadLetter,
  nowMs: number,
  retentionMs = DEFAULT_TOMBSTONE_RETENTION_MS,
): Replay | Refusal {
  if (letter.message.state !== 'active') {
    return { why: `it is ${letter.message.state}: another program has set it aside` };
  }
  const ageMs = nowMs - latestKnownAlive(letter).getTime();
  if (ageMs > retentionMs) {
    return {
      why: `its event is ${Math.floor(ageMs / MS_PER_DAY)} days old, and tombstones are kept for ${Math.floor(retentionMs / MS_PER_DAY)}: the document may have been deleted and the deletion forgotten. Run \`ayna mirror repair\`, then discard it`,
    };
  }
  const attempt = letter.attempt + 1;
  const section = sectionOf(letter, attempt);
  if ('why' in section) return section;
  const newMessageId = createHash('sha256')
    .update([letter.messageId ?? '', letter.sequenceNumber, attempt].join('\n'))
    .digest('hex');
  const { properties, messageAnnotations } = letter.message._rawAmqpMessage;
  return {
    newMessageId,
    attempt,
    message: {
      ...section,
      properties: { ...withoutLifetime(properties ?? {}), messageId: newMessageId },
      applicationProperties: {
        ...withoutTrace(letter.properties),
        [FIRST_PUBLISHED_PROPERTY]: letter.publishedAt.toISOString(),
      },
      messageAnnotations: withoutBrokers(messageAnnotations ?? {}),
    },
  };
}

/**
 * The last time at which the document is known to have been as the event says. What deletes it
 * after that leaves a tombstone that is younger.
 */
function latestKnownAlive({ body, eventTime, publishedAt }: DeadLetter): Date {
  // Backfill and repair read the document just before they publish, however old its version is.
  const source = fieldOf(body, 'syncSource');
  if (source === 'backfill' || source === 'repair' || !eventTime) return publishedAt;
  return eventTime < publishedAt ? eventTime : publishedAt;
}

type Section = Pick<AmqpMessage, 'body' | 'bodyType'>;

function sectionOf({ body }: DeadLetter, attempt: number): Section | Refusal {
  switch (body.kind) {
    case 'json':
      return {
        bodyType: 'data',
        body: Buffer.from(
          attemptOf(body) === undefined ? body.text : withAttempt(body.text, attempt),
        ),
      };
    case 'bytes':
      return { bodyType: 'data', body: body.bytes };
    case 'amqp':
      return body.bodyType === 'value' && typeof body.value === 'string'
        ? { bodyType: 'value', body: body.value }
        : { why: `its body is an AMQP ${body.bodyType} that cannot be sent again unchanged` };
  }
}

/** The JSON text with another `attempt` at its top, and every other number as it was written. */
function withAttempt(text: string, attempt: number): string {
  const parsed = JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? rawJson(context.source) : value,
  ) as object;
  return JSON.stringify({ ...parsed, attempt });
}

/** `JSON.rawJSON`, which every Node from 22 on has and TypeScript does not know yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** The time to live was that of the dead letter; its replay has the subscription's. */
function withoutLifetime(properties: NonNullable<AmqpMessage['properties']>) {
  const kept = { ...properties };
  delete kept.absoluteExpiryTime;
  delete kept.creationTime;
  return kept;
}

/** The broker's own annotations say where the message was; the partition key is the sender's. */
function withoutBrokers(annotations: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([name]) => !name.startsWith('x-opt-') || name === 'x-opt-partition-key',
    ),
  );
}
