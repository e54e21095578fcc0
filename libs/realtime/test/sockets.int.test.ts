import { once } from 'node:events';
import { connect } from 'node:net';
import { closeCodes } from '@ayna/contract/realtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Hub } from '../src/index.ts';
import { EVENTUALLY, openHubs, type HubsUnderTest } from './hub-under-test.ts';
import { conversationEvent, messageEvent } from './messages.ts';
import { connectClient, type TestClient } from '@ayna/test-clients';

const limits = {
  reorderWindowMs: 0,
  heartbeatMs: 1_000,
  openTimeoutMs: 2_000,
  expiryNoticeMs: 3_580_000,
  maxConnections: 8,
  maxConnectionsPerUser: 2,
  maxFrameBytes: 20_480,
  maxBufferedBytes: 131_072,
};
let hubs: HubsUnderTest;
let hub: Hub;
beforeAll(async () => {
  hubs = await openHubs();
  hub = await hubs.startHub({ allowedOrigins: ['https://app.example'], limits });
  await hub.connected;
});
afterAll(() => hubs[Symbol.asyncDispose]());

const ended = (reason: keyof typeof closeCodes) => ({ code: closeCodes[reason], reason });
const client = async (user: string, socket?: ClientOptions): Promise<TestClient> => {
  const connected = connectClient(hub.port, {
    token: await hubs.token(user),
    ...(socket ? { socket } : {}),
  });
  await connected.live;
  return connected;
};
/** A socket that says nothing by itself. */
const silent = async (): Promise<WebSocket> => {
  const socket = new WebSocket(`ws://127.0.0.1:${hub.port}/realtime`);
  await once(socket, 'open');
  return socket;
};
const closeOf = async (socket: WebSocket) => {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
};
/** The HTTP status with which a connection is refused. */
const refusal = async (path: string, options?: ClientOptions): Promise<number | undefined> => {
  const socket = new WebSocket(`ws://127.0.0.1:${hub.port}${path}`, options);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode?: number },
  ];
  socket.terminate();
  return response.statusCode;
};

test.each([
  ['forged', 'a.b.c'],
  ['signed by nobody who matters', `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ann"}')}.`],
])('a token that is %s is refused', async (_, token) => {
  const { closed, frames } = connectClient(hub.port, { token });
  expect(await closed).toEqual(ended('unauthenticated'));
  expect(frames).toEqual([]);
});

test('a token that has run out is refused', async () => {
  const { closed } = connectClient(hub.port, { token: await hubs.token('ann', -10) });
  expect(await closed).toEqual(ended('unauthenticated'));
});

test('a client whose token runs out is told in time, may renew it, and is closed when it does not', async () => {
  const bob = connectClient(hub.port, { token: await hubs.token('bob', 3) });
  await expect.poll(() => bob.frames.map(({ type }) => type), EVENTUALLY).toContain('expiring');
  bob.say({ type: 'renew', token: await hubs.token('bob', 4) });
  await expect.poll(() => bob.frames.map(({ type }) => type), EVENTUALLY).toContain('renewed');
  expect(await bob.closed).toEqual(ended('token-expired'));
});

test("another user's token renews nothing", async () => {
  const cid = await client('cid');
  cid.say({ type: 'renew', token: await hubs.token('dan') });
  expect(await cid.closed).toEqual(ended('unauthenticated'));
});

test('a client that does not say who it is, is closed', async () => {
  expect(await closeOf(await silent())).toEqual(ended('open-timeout'));
});

test.each([
  ['no JSON', 'hello'],
  ['of no type', '{}'],
  ['another than open, first', '{"type":"subscribe","channels":["me"]}'],
  [
    'with an id that cannot be one',
    '{"type":"open","protocol":1,"token":"t","channels":["conversation:"]}',
  ],
])('a first frame that is %s closes the connection', async (_, text) => {
  const socket = await silent();
  socket.send(text);
  expect(await closeOf(socket)).toEqual(ended('invalid-frame'));
});

test('binary frames and a second open close the connection', async () => {
  const socket = await silent();
  socket.send(Buffer.from('{}'));
  expect(await closeOf(socket)).toEqual(ended('invalid-frame'));
  const eli = await client('eli');
  eli.say({ type: 'open', protocol: 1, token: await hubs.token('eli'), channels: ['me'] });
  expect(await eli.closed).toEqual(ended('invalid-frame'));
});

test('a frame larger than the limit closes the connection', async () => {
  const socket = await silent();
  socket.send('x'.repeat(20_481));
  expect((await closeOf(socket)).code).toBe(closeCodes['frame-too-large']);
});

test('a flood of frames closes the connection', async () => {
  const fay = await client('fay');
  for (let at = 0; at < 100; at += 1) fay.say({ type: 'subscribe', channels: ['conversation:x'] });
  expect(await fay.closed).toEqual(ended('invalid-frame'));
});

test('pages of other origins, other paths, and more connections than are allowed are refused', async () => {
  expect(await refusal('/realtime', { origin: 'https://evil.example' })).toBe(403);
  expect(await refusal('/elsewhere')).toBe(404);
  const page = await client('gil', { origin: 'https://app.example' });
  await page.cut();
  await expect.poll(() => hub.status().connections, EVENTUALLY).toBe(0);
  const sockets = await Promise.all(Array.from({ length: 8 }, silent));
  expect(await refusal('/realtime')).toBe(503);
  for (const socket of sockets) socket.terminate();
  await expect.poll(() => hub.status().connections, EVENTUALLY).toBe(0);
});

test('a user has as many connections as one may have', async () => {
  const first = [await client('hal'), await client('hal')];
  const third = connectClient(hub.port, { token: await hubs.token('hal') });
  expect(await third.closed).toEqual(ended('too-many-connections'));
  for (const one of first) await one.cut();
});

test('a quiet client hears from the hub, and its cursor moves on', async () => {
  const ida = await client('ida');
  const { cursor } = ida;
  await hubs.send(conversationEvent('q', 1, ['somebody']));
  await expect
    .poll(
      () => ida.frames.some((frame) => frame.type === 'heartbeat' && frame.cursor !== cursor),
      EVENTUALLY,
    )
    .toBe(true);
  await ida.cut();
});

test('a client that is gone without a word is let go', async () => {
  const socket = await silent();
  socket.send(
    JSON.stringify({ type: 'open', protocol: 1, token: await hubs.token('jon'), channels: ['me'] }),
  );
  await once(socket, 'message');
  socket.pause();
  await expect.poll(() => hub.status().connections, EVENTUALLY).toBe(0);
  socket.terminate();
});

test('a client that reads too slowly is closed with the reason, and comes back to all it missed', async () => {
  // Who reads nothing answers no ping and no goodbye: this hub has the patience to see it read on.
  await using alone = await openHubs();
  const patient = await alone.startHub({
    limits: { ...limits, heartbeatMs: 60_000, closeTimeoutMs: 60_000 },
  });
  await patient.connected;
  const connectKim = async (cursor?: string): Promise<TestClient> =>
    connectClient(patient.port, {
      token: await alone.token('kim'),
      ...(cursor === undefined ? {} : { cursor }),
    });
  await alone.send(conversationEvent('slow', 1, ['kim']));
  const kim = await connectKim();
  await kim.live;
  const { cursor } = kim;
  kim.socket.pause();
  const large = 'x'.repeat(40_000);
  for (let at = 0; at < 300; at += 1)
    await alone.send(messageEvent('slow', `m${at}`, 2 + at, large));
  await expect.poll(() => patient.status().counts.taken.kept, EVENTUALLY).toBe(301);
  kim.socket.resume();
  expect(await kim.closed).toEqual(ended('slow-consumer'));
  const messagesOf = ({ changes }: TestClient) =>
    changes.filter(({ entity }) => entity === 'dm.message').length;
  expect(messagesOf(kim)).toBeLessThan(300);
  const back = await connectKim(kim.cursor);
  await expect.poll(() => messagesOf(kim) + messagesOf(back), EVENTUALLY).toBe(300);
  const all = await connectKim(cursor);
  await expect.poll(() => messagesOf(all), EVENTUALLY).toBe(300);
  await Promise.all([back.cut(), all.cut()]);
});

test('health is told to load balancers, and what is no request is survived', async () => {
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${hub.port}${path}`)).status;
  expect(await get('/healthz')).toBe(200);
  expect(await get('/readyz')).toBe(200);
  expect(await get('/realtime')).toBe(404);
  const raw = connect(hub.port, '127.0.0.1');
  raw.on('error', () => undefined).resume();
  raw.write('GET /realtime HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  await once(raw, 'close');
  expect(await get('/healthz')).toBe(200);
});

test('a hub that stops sends its clients elsewhere with a cursor, and lets nobody in', async () => {
  const other = await hubs.startHub();
  await other.connected;
  const leo = connectClient(other.port, { token: await hubs.token('leo') });
  await leo.live;
  const stopped = other.stop();
  expect(await leo.closed).toEqual(ended('going-away'));
  expect(leo.frames.at(-1)).toMatchObject({ type: 'going-away', cursor: leo.cursor });
  await stopped;
});
