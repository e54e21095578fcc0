import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  serverFrameSchema,
  type NegotiateResponse,
  type ServerFrame,
} from '@ayna/contract/realtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectWebPubSub } from '../src/index.ts';
import { EVENTUALLY, openHubs, type HubsUnderTest } from './hub-under-test.ts';
import { conversationEvent, messageEvent } from './messages.ts';

const KEY = Buffer.from('a key that only the service and the hubs have').toString('base64');
const AYNA = '/api/hubs/ayna/groups/';

/** What the service's REST API was asked, with every token checked as the service does. */
interface Service extends AsyncDisposable {
  readonly connectionString: string;
  readonly sent: { readonly user: string; readonly frame: ServerFrame }[];
  readonly refused: string[];
  /** How many requests it answers with 500 from now on. */
  fail(requests: number): void;
}

async function startService(): Promise<Service> {
  const sent: Service['sent'] = [];
  const refused: string[] = [];
  let failures = 0;
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
      const problem = problemOf(request, url);
      if (problem !== undefined) refused.push(problem);
      const [, user = ''] =
        /^\/api\/hubs\/ayna\/groups\/user\.([^/]+)\/:send$/.exec(url.pathname) ?? [];
      if (failures > 0) failures -= 1;
      else if (problem === undefined) {
        const frame = serverFrameSchema.parse(JSON.parse(body));
        sent.push({ user: Buffer.from(user, 'base64url').toString(), frame });
        response.writeHead(202).end();
        return;
      }
      response.writeHead(problem === undefined ? 500 : 401).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connectionString: `Endpoint=http://127.0.0.1;Port=${port};AccessKey=${KEY};Version=1.0;`,
    sent,
    refused,
    fail: (requests) => (failures = requests),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What the service would not take; undefined when nothing. */
function problemOf(request: IncomingMessage, url: URL): string | undefined {
  if (request.method !== 'POST') return `method ${request.method ?? ''}`;
  if (!url.pathname.startsWith(AYNA)) return `path ${url.pathname}`;
  if (!/^\d{4}-\d\d-\d\d$/.test(url.searchParams.get('api-version') ?? '')) return 'api-version';
  if (!request.headers['content-type']?.startsWith('text/plain')) return 'content-type';
  const claims = claimsOf(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  if (!claims) return 'signature';
  if (Number(claims.exp) * 1_000 <= Date.now()) return 'expiry';
  const { pathname } = new URL(String(claims.aud));
  return pathname === decodeURIComponent(url.pathname) || pathname === url.pathname
    ? undefined
    : `audience ${pathname}`;
}

/** The claims of a token that was signed with the key. */
function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [header = '', body = '', signature = ''] = token.split('.');
  const expected = createHmac('sha256', KEY).update(`${header}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

let hubs: HubsUnderTest;
let service: Service;
beforeAll(async () => {
  [hubs, service] = await Promise.all([openHubs(), startService()]);
});
afterAll(async () => {
  await hubs[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const start = async () => {
  const hub = await hubs.startHub({
    webPubSub: connectWebPubSub(service),
    limits: { reorderWindowMs: 200 },
  });
  await hub.connected;
  return hub;
};
const sentTo = (user: string) => service.sent.filter((sent) => sent.user === user);

test('changes go to the groups of those who may see them, once and in order, whichever of two hubs forwards them', async () => {
  const [first, second] = [await start(), await start()];
  await hubs.send(
    conversationEvent('c', 1, ['ann', 'bob/é']),
    ...Array.from({ length: 50 }, (_, at) => messageEvent('c', `m${at}`, 2 + at)),
    conversationEvent('c', 100, ['ann']),
    messageEvent('c', 'after', 101),
  );
  await expect.poll(() => sentTo('ann').length, EVENTUALLY).toBe(53);
  await expect.poll(() => sentTo('bob/é').length, EVENTUALLY).toBe(52);
  const versions = sentTo('ann').map(
    ({ frame }) => frame.type === 'change' && Number(frame.version),
  );
  expect(versions).toEqual([1, ...Array.from({ length: 50 }, (_, at) => 2 + at), 100, 101]);
  expect(sentTo('bob/é').at(-1)?.frame).toMatchObject({ type: 'removed', conversationId: 'c' });
  expect(service.refused).toEqual([]);
  await Promise.all([first.stop(), second.stop()]);
});

test('what the service does not take is sent again', async () => {
  const hub = await start();
  service.fail(3);
  const before = sentTo('ann').length;
  await hubs.send(messageEvent('c', 'again', 200));
  await expect.poll(() => sentTo('ann').length, { timeout: 60_000 }).toBeGreaterThan(before);
  expect(sentTo('ann').at(-1)?.frame).toMatchObject({ version: '200' });
  await hub.stop();
}, 90_000);

test("a client is given a URL with a token that puts it into its user's group and no other", async () => {
  const hub = await start();
  const response = await fetch(`http://127.0.0.1:${hub.port}/realtime/negotiate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await hubs.token('ann')}` },
  });
  const answer = (await response.json()) as NegotiateResponse;
  expect(answer).toMatchObject({
    transport: 'webpubsub',
    cursor: `${hubs.epoch()}.${hub.status().position}`,
  });
  const url = new URL(answer.url);
  expect(url.pathname).toBe('/client/hubs/ayna');
  const claims = claimsOf(url.searchParams.get('access_token') ?? '');
  expect(claims).toMatchObject({ sub: 'ann', 'webpubsub.group': ['user.YW5u'] });
  expect(claims?.role).toBeUndefined();
  expect(Number(claims?.exp) * 1_000).toBeLessThanOrEqual(
    Date.parse(answer.expiresAt ?? '') + 1_000,
  );
  await hub.stop();
});

test('a connection string that cannot be read is not repeated', () => {
  expect(() => connectWebPubSub({ connectionString: 'hush' })).toThrow(
    expect.objectContaining({
      code: 'ConfigInvalid',
      message: expect.not.stringContaining('hush') as unknown,
    }),
  );
});
