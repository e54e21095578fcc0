import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectJson, type JsonService } from './grpc-calls.ts';
import { statusJson } from './status-json.ts';
import { chunk, WebChannel } from './web-channel.ts';

const MAX_BODY_BYTES = 12 * 1024 * 1024;
const CHANNEL = /^\/google\.firestore\.v1\.Firestore\/(Listen|Write)\/channel$/;
const CALL = /^\/v1\/(projects\/[^/]+\/databases\/[^/]+)\/documents(?:\/(.*?))?:(\w+)$/;

/** What may be called in one request; the rest of REST is not there. */
const METHODS: Readonly<Record<string, { method: string; isStream: boolean }>> = {
  batchGet: { method: 'BatchGetDocuments', isStream: true },
  beginTransaction: { method: 'BeginTransaction', isStream: false },
  commit: { method: 'Commit', isStream: false },
  rollback: { method: 'Rollback', isStream: false },
  runAggregationQuery: { method: 'RunAggregationQuery', isStream: true },
  runQuery: { method: 'RunQuery', isStream: true },
};

/**
 * Serves browsers, which have no gRPC: streams as WebChannels, calls in JSON. It translates, and
 * asks the service at the address.
 */
export async function serveWeb(
  address: string,
  host: string,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const service = connectJson(address);
  const channels = new Map<string, WebChannel>();
  const server = createServer((request, response) => {
    answer(service, channels, request, response).catch((error: unknown) => {
      const refusal = statusJson(error);
      if (!response.headersSent) response.writeHead(refusal.error.code, cors(request));
      response.end(JSON.stringify(refusal));
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const channel of [...channels.values()]) channel.close();
      service.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  service: JsonService,
  channels: Map<string, WebChannel>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { ...cors(request), 'access-control-max-age': '600' }).end();
    return;
  }
  const stream = CHANNEL.exec(url.pathname)?.[1];
  if (stream !== undefined) {
    await answerChannel(service, channels, stream, url.searchParams, request, response);
    return;
  }
  const [, database, parent, verb = ''] = CALL.exec(decodeURIComponent(url.pathname)) ?? [];
  const call = METHODS[verb];
  if (!call || request.method !== 'POST') {
    response
      .writeHead(404, cors(request))
      .end(`There is no ${request.method ?? ''} ${url.pathname}`);
    return;
  }
  const place = verb.startsWith('run')
    ? { parent: `${database ?? ''}/documents${parent ? `/${parent}` : ''}` }
    : { database };
  const body = JSON.parse((await readBody(request)) || '{}') as object;
  const answers = await service.call(call.method, { ...body, ...place });
  response.writeHead(200, { ...cors(request), 'content-type': 'application/json' });
  response.end(JSON.stringify(call.isStream ? answers : answers[0]));
}

async function answerChannel(
  service: JsonService,
  channels: Map<string, WebChannel>,
  method: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sessionId = query.get('SID');
  const known = sessionId === null ? undefined : channels.get(sessionId);
  if (sessionId !== null && !known) {
    // What makes a client begin anew.
    response.writeHead(400, cors(request)).end('Unknown SID');
    return;
  }
  const isTerminated = query.get('TYPE') === 'terminate';
  const form = new URLSearchParams(request.method === 'POST' ? await readBody(request) : '');
  const headers = { ...cors(request), 'content-type': 'text/plain; charset=utf-8' };
  if (isTerminated) {
    known?.close();
    response.writeHead(200, headers).end();
  } else if (request.method === 'GET') {
    response.writeHead(200, { ...headers, 'cache-control': 'no-cache' });
    known?.listen(response, Number(query.get('AID')), query.get('CI') === '1');
    if (!known) response.end();
  } else if (known) {
    known.acknowledge(Number(query.get('AID')));
    known.receive(form);
    response.writeHead(200, headers).end(chunk(known.receipt()));
  } else {
    const channel: WebChannel = new WebChannel(service, method, () => {
      channels.delete(channel.sessionId);
    });
    channels.set(channel.sessionId, channel);
    channel.receive(form);
    response.writeHead(200, { ...headers, 'x-http-session-id': channel.sessionId });
    response.end(chunk(channel.handshake()));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new Error('The request is too large.');
    chunks.push(piece as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cors(request: IncomingMessage): Record<string, string> {
  const wanted = request.headers['access-control-request-headers'];
  return {
    'access-control-allow-origin': request.headers.origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-expose-headers': 'x-http-session-id',
    ...(wanted === undefined ? {} : { 'access-control-allow-headers': wanted }),
    vary: 'origin',
  };
}
