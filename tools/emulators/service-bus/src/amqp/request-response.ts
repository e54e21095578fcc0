import rhea from 'rhea';
import type { RheaSender } from './rhea-internals.ts';

/** A request on `$cbs` or `$management`, decoded. */
export interface Request {
  readonly messageId: unknown;
  readonly replyTo: string;
  readonly operation: string;
  /** The link the request is about, where the client names it. */
  readonly linkName: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  /** The body of a request to `$cbs`: the token. */
  readonly token: string;
}

/** What is answered. The body is encoded by rhea: typed values are to be wrapped. */
export interface Response {
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

interface DecodedMessage {
  readonly message_id?: unknown;
  readonly reply_to?: string;
  readonly application_properties?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

interface MessageCodec {
  decode(bytes: Buffer): DecodedMessage;
  encode(message: object): Buffer;
}

interface TypeWrappers {
  wrap_int(value: number): unknown;
  wrap_uuid(value: Buffer): unknown;
  wrap_timestamp(value: number): unknown;
  wrap_array(values: readonly unknown[], typecode: number): unknown;
  wrap_list(values: readonly unknown[]): unknown;
  wrap_string(value: string): unknown;
  wrap_ulong(value: number): unknown;
  wrap_map(values: object): unknown;
  described(descriptor: unknown, value: unknown): unknown;
}

const codec = rhea.message as unknown as MessageCodec;

/** rhea's encoders of single values, for what JavaScript's types do not tell. */
export const wrap = rhea.types as unknown as TypeWrappers;

/** Decodes a request. Throws on nonsense. */
export function decodeRequest(bytes: Buffer): Request {
  const message = codec.decode(bytes);
  const properties = message.application_properties ?? {};
  const { body } = message;
  return {
    messageId: message.message_id,
    replyTo: message.reply_to ?? '',
    operation: textOf(properties.operation),
    linkName: textOf(properties['associated-link-name']) || undefined,
    token: textOf(body),
    body: typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {},
  };
}

/** Sends the answer to a request on the link that the client opened for it. */
export function respond(link: RheaSender, request: Request, response: Response): void {
  const payload = codec.encode({
    correlation_id: request.messageId,
    application_properties: response.applicationProperties,
    body: response.body ?? null,
  });
  const delivery = link.send(payload, Buffer.from(String(Math.random())), 0);
  delivery.settled = true;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
