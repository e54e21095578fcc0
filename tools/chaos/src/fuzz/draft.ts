import type { ServiceBusMessageBatch } from '@azure/service-bus';

/** An application property, of any type that the client can send. */
export type PropertyValue = string | number | boolean | Date | null;

/** A message that is being made, to be spoilt or not. */
export interface Draft {
  /** The application properties: the attributes of the event. */
  readonly properties: Record<string, PropertyValue>;
  /** What becomes the JSON body. */
  readonly data: Record<string, unknown>;
  /** The body, in place of `data`: bytes of a data section, or what another section holds. */
  body:
    | { readonly kind: 'json' }
    | { readonly kind: 'bytes'; readonly bytes: Buffer }
    | { readonly kind: 'value' | 'sequence'; readonly content: unknown };
  contentType: string | undefined;
  messageId: string | undefined;
}

/** The property by which a message is known again, whatever else was spoilt. */
export const FUZZ_ID = 'fuzzid';

/** What the client takes to send. */
export type Sendable = Parameters<ServiceBusMessageBatch['tryAddMessage']>[0];

/** The message as the client sends it. */
export function toSendable(draft: Draft): Sendable {
  const { properties: applicationProperties, contentType, messageId, body } = draft;
  if (body.kind === 'value' || body.kind === 'sequence') {
    return {
      bodyType: body.kind,
      body: body.content,
      applicationProperties,
      properties: {
        ...(messageId === undefined ? {} : { messageId }),
        ...(contentType === undefined ? {} : { contentType }),
      },
    };
  }
  return {
    body: bodyBytes(draft),
    applicationProperties,
    ...(contentType === undefined ? {} : { contentType }),
    ...(messageId === undefined ? {} : { messageId }),
  };
}

/** The bytes of the data section. */
export function bodyBytes({ body, data }: Draft): Buffer {
  return body.kind === 'bytes' ? body.bytes : Buffer.from(JSON.stringify(data));
}

/** The body as a reader gets it; undefined when it is no JSON. */
export function bodyContent(draft: Draft): unknown {
  const { body } = draft;
  if (body.kind === 'value' || body.kind === 'sequence') return throughUtf8(body.content);
  try {
    return JSON.parse(bodyBytes(draft).toString()) as unknown;
  } catch {
    return undefined;
  }
}

/** Texts of AMQP are UTF-8: half a character becomes another one on the way. JSON has escapes. */
function throughUtf8(content: unknown): unknown {
  if (typeof content === 'string') return content.toWellFormed();
  if (Array.isArray(content)) return content.map(throughUtf8);
  if (content === null || typeof content !== 'object') return content;
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name.toWellFormed(), throughUtf8(value)]),
  );
}
