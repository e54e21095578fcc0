import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** The body of a dead letter: JSON, other bytes, or an AMQP value that is not bytes at all. */
export type LetterBody =
  | { readonly kind: 'json'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'amqp'; readonly bodyType: string; readonly value: unknown };

/** A message in the dead-letter queue of a subscription, read as far as it can be read. */
export interface DeadLetter {
  /** The broker's number, one a message; it is what a dead letter is called by. */
  readonly sequenceNumber: bigint;
  readonly messageId: string | undefined;
  /** When the broker took the message; it does not note when it became a dead letter. */
  readonly enqueuedAt: Date;
  /** When it was published first: a replay takes this along. */
  readonly publishedAt: Date;
  /** A code of the error registry, a reason of the broker's, or anything else; '' when it has none. */
  readonly reason: string;
  readonly description: string;
  /** The CloudEvents attributes, where they can be read. */
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  /** The path of the document. */
  readonly path: string | undefined;
  readonly eventTime: Date | undefined;
  /** How often it has been published: 1 for the first time. */
  readonly attempt: number;
  readonly body: LetterBody;
  /** What the sender attached, without what the broker added when it gave the message up. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly message: ServiceBusReceivedMessage;
}

/** The application properties in which a dead letter carries why it is one. */
const DEAD_LETTER_PROPERTIES = new Set(['DeadLetterReason', 'DeadLetterErrorDescription']);

/** The application property in which a replayed message carries when it was published first. */
export const FIRST_PUBLISHED_PROPERTY = 'ayna_first_published';

/**
 * Receivers of dead letters leave everything as it travelled: bytes stay bytes, dates dates. Locks
 * are renewed by `lettersInHand`, because the client's renewer tells messages apart by message id,
 * which is neither unique nor always there.
 */
export const LETTER_RECEIVER = {
  receiveMode: 'peekLock',
  subQueueType: 'deadLetter',
  skipParsingBodyAsJson: true,
  skipConvertingDate: true,
  maxAutoLockRenewalDurationInMs: 0,
} as const;

/** Reads a message of a receiver that was made with `LETTER_RECEIVER`. Never throws. */
export function readDeadLetter(message: ServiceBusReceivedMessage): DeadLetter {
  const all: Readonly<Record<string, unknown>> = message.applicationProperties ?? {};
  const properties = Object.fromEntries(
    Object.entries(all).filter(([name]) => !DEAD_LETTER_PROPERTIES.has(name)),
  );
  const attribute = (name: string) =>
    textOf(properties[`cloudEvents_${name}`] ?? properties[`cloudEvents:${name}`]);
  const body = bodyOf(message);
  const enqueuedAt = message.enqueuedTimeUtc ?? new Date(0);
  return {
    sequenceNumber: BigInt(message.sequenceNumber?.toString() ?? '0'),
    messageId: message.messageId === undefined ? undefined : String(message.messageId),
    enqueuedAt,
    publishedAt: dateOf(textOf(properties[FIRST_PUBLISHED_PROPERTY])) ?? enqueuedAt,
    reason: message.deadLetterReason ?? '',
    description: message.deadLetterErrorDescription ?? '',
    eventId: attribute('id'),
    eventType: attribute('type'),
    path: attribute('subject'),
    eventTime: dateOf(attribute('time')),
    attempt: attemptOf(body) ?? 1,
    body,
    properties,
    message,
  };
}

/** The `attempt` of an event's data; undefined when the body is no event that counts attempts. */
export function attemptOf(body: LetterBody): number | undefined {
  const attempt = fieldOf(body, 'attempt');
  return Number.isSafeInteger(attempt) && Number(attempt) >= 1 ? Number(attempt) : undefined;
}

/** A field at the top of a JSON body. */
export function fieldOf(body: LetterBody, name: string): unknown {
  if (body.kind !== 'json' || typeof body.value !== 'object' || body.value === null) {
    return undefined;
  }
  return (body.value as Readonly<Record<string, unknown>>)[name];
}

function bodyOf(message: ServiceBusReceivedMessage): LetterBody {
  const { bodyType = 'data' } = message._rawAmqpMessage;
  const content: unknown = message.body;
  if (bodyType !== 'data' || !Buffer.isBuffer(content)) {
    return { kind: 'amqp', bodyType, value: content };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    return { kind: 'json', text, value: JSON.parse(text) };
  } catch {
    return { kind: 'bytes', bytes: content };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
