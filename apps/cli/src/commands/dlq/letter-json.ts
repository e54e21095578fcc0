import type { DeadLetter } from '@ayna/service-bus';

/** A dead letter for programs, without its body. */
export function letterJson(letter: DeadLetter): Record<string, unknown> {
  return {
    sequenceNumber: letter.sequenceNumber.toString(),
    enqueuedAt: letter.enqueuedAt.toISOString(),
    reason: letter.reason,
    description: letter.description,
    type: letter.eventType ?? null,
    path: letter.path ?? null,
    eventId: letter.eventId ?? null,
    messageId: letter.messageId ?? null,
    attempt: letter.attempt,
  };
}

/** The body of a dead letter for programs. */
export function bodyJson({ body }: DeadLetter): Record<string, unknown> {
  switch (body.kind) {
    case 'json':
      return { body: body.value };
    case 'bytes':
      return { bodyBase64: body.bytes.toString('base64') };
    case 'amqp':
      return { [`amqp_${body.bodyType}`]: body.value };
  }
}

/** One line of JSON. AMQP knows integers that JSON does not; they become text. */
export function jsonLine(value: unknown): string {
  const text = JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'bigint' ? one.toString() : one,
  );
  return `${text}\n`;
}
