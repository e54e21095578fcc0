import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  changesRequestSchema,
  type ChangesRequest,
  type ChangesResponse,
  type NegotiateResponse,
} from '@ayna/contract/realtime';
import type { TokenVerifier, VerifiedToken } from '@ayna/firebase-auth';
import type { Logger } from '@ayna/platform';
import { conversationOf } from '../clients/client-connection.ts';
import { userFrame } from '../clients/replay.ts';
import { formatCursor, parseCursor } from '../log/cursor.ts';
import type { LogState, RealtimeLog } from '../log/realtime-log.ts';
import { originAllowed } from './origins.ts';

export interface RouteOptions {
  readonly log: Pick<RealtimeLog, 'replay' | 'state'>;
  readonly verifier: Pick<TokenVerifier, 'verify'>;
  readonly allowedOrigins: readonly string[] | undefined;
  readonly logger: Logger;
  readonly ready: () => boolean;
  /** Where a user's client connects. */
  readonly negotiate: (
    token: VerifiedToken,
    request: IncomingMessage,
  ) => Promise<Omit<NegotiateResponse, 'cursor'>>;
  readonly maxFrameBytes: number;
}

const PAGE = 200;
const MAX_AGE_S = 600;

/** An answer other than 200, which says why. */
class HttpRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Answers `GET /healthz` and `/readyz` for load balancers, `POST /realtime/negotiate` and
 * `POST /realtime/changes` for clients (see `@ayna/contract/realtime`).
 */
export function httpRoutes(
  options: RouteOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      const refusal = error instanceof HttpRefusal ? error : undefined;
      if (!refusal) options.logger.error({ err: error }, 'a request could not be answered');
      json(response, refusal?.status ?? 503, { error: refusal?.message ?? 'unavailable' });
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: RouteOptions,
): Promise<void> {
  const { origin } = request.headers;
  if (!originAllowed(origin, options.allowedOrigins)) throw new HttpRefusal(403, 'origin');
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('vary', 'origin');
  }
  const route = `${request.method ?? ''} ${request.url?.split('?', 1)[0] ?? ''}`;
  switch (route) {
    case 'GET /healthz':
      json(response, 200, { live: true });
      return;
    case 'GET /readyz': {
      const ready = options.ready();
      json(response, ready ? 200 : 503, { ready });
      return;
    }
    case 'OPTIONS /realtime/negotiate':
    case 'OPTIONS /realtime/changes':
      response.setHeader('access-control-allow-headers', 'authorization, content-type');
      response.setHeader('access-control-allow-methods', 'POST');
      response.setHeader('access-control-max-age', MAX_AGE_S);
      response.writeHead(204).end();
      return;
    case 'POST /realtime/negotiate':
      json(response, 200, await negotiate(request, options));
      return;
    case 'POST /realtime/changes': {
      const { userId } = await authenticate(request, options);
      const { success, data } = changesRequestSchema.safeParse(await body(request, options));
      if (!success) throw new HttpRefusal(400, 'expected {"channels": [...], "cursor": "..."}');
      json(response, 200, await changes(userId, data, options));
      return;
    }
    default:
      throw new HttpRefusal(404, 'not found');
  }
}

async function negotiate(
  request: IncomingMessage,
  options: RouteOptions,
): Promise<NegotiateResponse> {
  const token = await authenticate(request, options);
  const { epoch, last } = await options.log.state();
  const place = await options.negotiate(token, request);
  return { ...place, cursor: formatCursor({ epoch, sequence: last }) };
}

async function authenticate(
  { headers }: IncomingMessage,
  { verifier }: RouteOptions,
): Promise<VerifiedToken> {
  const [, token] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  const verified = token === undefined ? undefined : await verifier.verify(token);
  if (!verified) throw new HttpRefusal(401, 'unauthenticated');
  return verified;
}

async function changes(
  userId: string,
  { channels, cursor }: ChangesRequest,
  { log }: RouteOptions,
): Promise<ChangesResponse> {
  const place = parseCursor(cursor);
  const after = place?.sequence ?? 0;
  const { last } = await log.state();
  const upTo = Math.max(after, last);
  const { state, rows } = await log.replay(userId, after, upTo, PAGE);
  const lost = place && whyLost(place.epoch, after, state);
  if (!place || lost) {
    const end = formatCursor({ epoch: state.epoch, sequence: state.last });
    const frame = { type: 'reset', reason: lost ?? 'unknown', cursor: end } as const;
    return { frames: [frame], cursor: end, more: false };
  }
  const me = channels.includes('me');
  const conversations = new Set(
    channels.flatMap((channel) => (channel === 'me' ? [] : [conversationOf(channel)])),
  );
  const at = (sequence: number) => formatCursor({ epoch: state.epoch, sequence });
  const more = rows.length === PAGE;
  return {
    frames: rows
      .filter(({ conversationId: id }) => me || (id !== null && conversations.has(id)))
      .map(
        (row) => JSON.parse(userFrame(row, at(row.sequence))) as ChangesResponse['frames'][number],
      ),
    cursor: at(more ? (rows.at(-1)?.sequence ?? upTo) : upTo),
    more,
  };
}

function whyLost(epoch: string, after: number, state: LogState): 'unknown' | 'expired' | undefined {
  if (epoch !== state.epoch || state.last < after) return 'unknown';
  return state.first > after + 1 ? 'expired' : undefined;
}

async function body(request: IncomingMessage, { maxFrameBytes }: RouteOptions): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxFrameBytes) throw new HttpRefusal(413, `more than ${maxFrameBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw new HttpRefusal(400, 'expected JSON');
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
