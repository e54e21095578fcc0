import type { GatewayCalls } from '@ayna/contract/gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, startGateway, type RunningGateway } from './running-gateway.ts';

const LIMIT = 40;

let gateway: RunningGateway;
let ali: { authorization: string };
let veli: { authorization: string };
beforeAll(async () => {
  gateway = await startGateway({
    GATEWAY_RATE_LIMIT_CALLS: String(LIMIT),
    GATEWAY_RATE_LIMIT_WINDOW_SECONDS: '3600',
  });
  ali = bearer(await gateway.idToken('ali'));
  veli = bearer(await gateway.idToken('veli'));
  await gateway.firestore
    .doc('conversations/c')
    .set({ ownerId: 'ali', peerIds: ['veli'], updatedAt: new Date(0) });
  await gateway.firestore
    .doc('conversations/c/messages/m')
    .set({ authorId: 'ali', body: 'merhaba', count: 2n ** 60n, createdAt: new Date(1) });
  await gateway.firestore.doc('follows/ali/targets/veli').set({ edgeType: 'follow' });
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Name = keyof GatewayCalls;
const names: Name[] = [
  'sqlGatewayEnsureConversation',
  'sqlGatewayEnsureFollow',
  'sqlGatewayEnsureMessage',
  'sqlGatewayListConversations',
  'sqlGatewayListFollowers',
  'sqlGatewayListFollowing',
  'sqlGatewayListMessages',
];
const unauthenticated = { error: { status: 'UNAUTHENTICATED' } };
const message = { conversationId: 'c', messageId: 'm' };

/** A token with another payload, put together as the emulator of Auth does: unsigned. */
function tokenWith(token: string, change: Readonly<Record<string, unknown>>): string {
  const [header = '', payload = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url');
  return `${header}.${changed}.`;
}

describe('the deployed callables', () => {
  test('ensure what a client has written and give it back by page, to both sides', async () => {
    const ensured = await gateway.call('sqlGatewayEnsureMessage', message, ali);
    expect(ensured).toMatchObject({
      status: 200,
      body: { result: { outcome: 'applied', exists: true } },
    });
    await gateway.call('sqlGatewayEnsureConversation', { conversationId: 'c' }, veli);
    await gateway.call('sqlGatewayEnsureFollow', { userId: 'ali', targetId: 'veli' }, ali);
    const rowsOf = async (name: Name, data: unknown, who: typeof ali) => {
      const { body } = await gateway.call(name, data, who);
      return (body as { result: { rows: unknown } }).result.rows;
    };
    const list = { conversationId: 'c' };
    expect(await rowsOf('sqlGatewayListMessages', list, veli)).toMatchObject([
      { ...message, body: 'merhaba', createdAt: '1970-01-01T00:00:00.001000Z' },
    ]);
    expect(await rowsOf('sqlGatewayListConversations', {}, ali)).toMatchObject([
      { ...list, peerIds: ['veli'] },
    ]);
    const edge = [{ userId: 'ali', targetId: 'veli', edgeType: 'follow' }];
    expect(await rowsOf('sqlGatewayListFollowers', {}, veli)).toMatchObject(edge);
    expect(await rowsOf('sqlGatewayListFollowing', {}, ali)).toMatchObject(edge);
  });

  test.each(names)('refuse a call without a token: %s', async (name) => {
    expect(await gateway.call(name, message)).toMatchObject({ status: 401, body: unauthenticated });
  });

  test('refuse tokens that have run out, are of another project, or are none', async () => {
    const token = await gateway.idToken('ali');
    const past = Math.floor(Date.now() / 1_000) - 7_200;
    const tokens = [
      tokenWith(token, { iat: past, exp: past + 3_600 }),
      tokenWith(token, { aud: 'another-project', iss: 'https://securetoken.google.com/another' }),
      tokenWith(token, { sub: '' }),
      'a.b.c',
      'garbage',
    ];
    for (const each of tokens) {
      const answer = await gateway.call('sqlGatewayListConversations', {}, bearer(each));
      expect(answer).toMatchObject({ status: 401, body: unauthenticated });
    }
    const basic = { authorization: `Basic ${token}` };
    expect((await gateway.call('sqlGatewayListConversations', {}, basic)).status).toBe(401);
  });

  test('tell a stranger nothing, and who errs which field', async () => {
    const stranger = bearer(await gateway.idToken('stranger'));
    const denied = {
      status: 403,
      body: {
        error: {
          status: 'PERMISSION_DENIED',
          message: 'this is not yours, or not there',
          details: {},
        },
      },
    };
    for (const conversationId of ['c', 'nobody']) {
      const call = gateway.call('sqlGatewayListMessages', { conversationId }, stranger);
      expect(await call).toEqual(denied);
      const guess = { conversationId, messageId: 'm' };
      expect(await gateway.call('sqlGatewayEnsureMessage', guess, stranger)).toEqual(denied);
    }
    expect(
      await gateway.call('sqlGatewayListMessages', { conversationId: 'c', limit: 1_000 }, ali),
    ).toMatchObject({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT', details: { field: 'limit' } } },
    });
  });

  test.each([
    ['no JSON object', '[]'],
    ['data beside other things', '{"data":{},"admin":true}'],
    ['a type of its own', '{"data":{"@type":"type.googleapis.com/evil"}}'],
  ])('survive a body that is %s', async (_, body) => {
    const answer = await gateway.post('sqlGatewayEnsureConversation', body, ali);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(answer.body)).not.toMatch(/stack|at |node_modules/);
  });

  test('refuse a user who calls too often, and nobody else', async () => {
    const busy = bearer(await gateway.idToken('busy'));
    for (let call = 0; call < LIMIT; call += 1) {
      expect((await gateway.call('sqlGatewayListFollowers', {}, busy)).status).toBe(200);
    }
    const refused = await gateway.call('sqlGatewayListConversations', {}, busy);
    expect(refused).toMatchObject({
      status: 429,
      body: { error: { status: 'RESOURCE_EXHAUSTED' } },
    });
    const { error } = refused.body as { error: { details: { retryAfterMs: number } } };
    expect(error.details.retryAfterMs).toBeGreaterThan(0);
    expect((await gateway.call('sqlGatewayListFollowers', {}, veli)).status).toBe(200);
  });

  test('say that SQL is away, by its code, so that a client tries again', async () => {
    await gateway.stopSql();
    expect(await gateway.call('sqlGatewayEnsureMessage', message, ali)).toEqual({
      status: 503,
      body: {
        error: {
          status: 'UNAVAILABLE',
          message: 'the server cannot do this now: try again later',
          details: { code: 'SqlUnavailable' },
        },
      },
    });
  });
});
