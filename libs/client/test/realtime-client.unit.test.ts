import { describe, expect, test } from 'vitest';
import {
  memoryStorage,
  RealtimeClient,
  type KeyValueStorage,
  type RealtimeClientOptions,
  type RealtimeIssue,
} from '../src/index.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';
import {
  change,
  channelsFrame,
  live,
  opened,
  scriptedHub,
  type ScriptedHub,
  type ScriptedSocket,
} from './scripted-hub.ts';

const KEY = 'ayna.realtime.ada/cursor';
const MINUTE_MS = 60_000;

interface Bench {
  readonly hub: ScriptedHub;
  readonly clock: ManualClock;
  readonly storage: KeyValueStorage;
  readonly issues: RealtimeIssue[];
  /** What the app was told, in order. */
  readonly told: string[];
  /** Whether each token that was asked for had to be fresh. */
  readonly tokens: boolean[];
  readonly client: RealtimeClient;
  /** Waits, if need be, for the next connection, and lets it in. */
  readonly join: () => Promise<ScriptedSocket>;
}

async function bench(
  options: Partial<RealtimeClientOptions> = {},
  cursor: string | null = 'e.0',
): Promise<Bench> {
  const hub = scriptedHub();
  const clock = manualClock();
  const storage = options.storage ?? memoryStorage();
  if (cursor !== null) await storage.setItem(KEY, cursor);
  const issues: RealtimeIssue[] = [];
  const told: string[] = [];
  const tokens: boolean[] = [];
  const client = new RealtimeClient({
    userId: 'ada',
    url: 'wss://hub.test/realtime',
    token: (forceRefresh) => {
      tokens.push(forceRefresh);
      return Promise.resolve(`token ${tokens.length}`);
    },
    onChange: ({ key, version }) => {
      told.push(`${key.messageId ?? ''}@${version}`);
    },
    onReset: ({ reason }) => {
      told.push(reason);
    },
    onRemoved: (conversationId) => {
      told.push(`removed ${conversationId}`);
    },
    onIssue: (issue) => issues.push(issue),
    WebSocket: hub.WebSocket,
    clock,
    random: () => 1,
    ...options,
    storage,
  });
  await clock.advance(0);
  let joined = 0;
  const join = async () => {
    const until = clock.elapsed() + MINUTE_MS;
    await clock.advance(0);
    while (hub.sockets.length === joined && clock.elapsed() < until) await clock.advance(50);
    expect(hub.sockets.length).toBe(joined + 1);
    joined += 1;
    const socket = hub.socket();
    socket.accept();
    socket.push(opened());
    return socket;
  };
  return { hub, clock, storage, issues, told, tokens, client, join };
}

describe('the first frame', () => {
  test('says who the user is, what is listened to, and where the last page left off', async () => {
    const { hub, client } = await bench({ channels: ['me', 'conversation:c'] }, 'e.7');
    expect(hub.socket().said).toEqual([]);
    expect(hub.socket().accept()).toEqual({
      type: 'open',
      protocol: 1,
      token: 'token 1',
      channels: ['me', 'conversation:c'],
      cursor: 'e.7',
    });
    client.close();
  });

  test('holds a new token at each connection', async () => {
    const { join, client } = await bench();
    for (const token of ['token 1', 'token 2', 'token 3']) {
      const socket = await join();
      expect(socket.said[0]).toMatchObject({ type: 'open', token });
      socket.end(1006);
    }
    client.close();
  });
});

describe('changes', () => {
  test('are delivered once, and the next connection and the next page go on behind them', async () => {
    const { join, told, storage, client, clock } = await bench();
    const first = await join();
    first.push(live(0), change(1, 'a', 10), change(2, 'b', 11));
    first.end(1006);
    const second = await join();
    expect(second.said[0]).toMatchObject({ cursor: 'e.2' });
    second.push(change(2, 'b', 11), live(2), change(3, 'c', 12));
    expect(told).toEqual(['a@10', 'b@11', 'c@12']);
    client.close();
    await clock.advance(0);
    const reloaded = await bench({ storage }, null);
    expect((await reloaded.join()).said[0]).toMatchObject({ cursor: 'e.3' });
    reloaded.client.close();
  });

  test('that come again never lead the cursor back', async () => {
    const { join, client } = await bench();
    const first = await join();
    first.push(live(0), change(1, 'a', 10), change(2, 'b', 11), change(1, 'a', 10));
    first.end(1006);
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.2' });
    client.close();
  });

  test('that are late are delivered, unless a newer version of the same document was', async () => {
    const { join, told, client } = await bench();
    const socket = await join();
    socket.push(
      change(1, 'a', 1000),
      change(2, 'b', 999, { late: true }),
      change(3, 'a', 998, { late: true }),
      change(4, 'a', 1000, { operation: 'delete' }),
      change(5, 'a', 1000),
      change(6, 'a', 1001, { operation: 'create' }),
    );
    expect(told).toEqual(['a@1000', 'b@999', 'a@1000', 'a@1001']);
    socket.end(1006);
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.6' });
    client.close();
  });

  test('come one after the other, and the cursor moves when the app is done with each', async () => {
    const done: (() => void)[] = [];
    const begun: string[] = [];
    const { join, storage, clock, client } = await bench({
      onChange: ({ version }) => {
        begun.push(version);
        return new Promise((resolve) => done.push(resolve));
      },
    });
    const socket = await join();
    socket.push(change(1, 'a', 10), change(2, 'b', 11));
    await clock.advance(0);
    expect(begun).toEqual(['10']);
    expect(await storage.getItem(KEY)).toBe('e.0');
    done.shift()?.();
    await clock.advance(0);
    expect(begun).toEqual(['10', '11']);
    expect(await storage.getItem(KEY)).toBe('e.1');
    client.close();
  });

  test('that were received before a cut are done with before the next connection is made', async () => {
    const done: (() => void)[] = [];
    const { join, hub, clock, client } = await bench({
      onChange: () => new Promise((resolve) => done.push(resolve)),
    });
    const socket = await join();
    socket.push(change(1, 'a', 10), change(2, 'b', 11));
    socket.end(1006);
    await clock.advance(MINUTE_MS);
    expect(hub.sockets).toHaveLength(1);
    done.shift()?.();
    await clock.advance(0);
    done.shift()?.();
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.2' });
    client.close();
  });

  test('that an app does not keep up with are not gathered without end', async () => {
    const done: (() => void)[] = [];
    const { join, clock, client } = await bench({
      limits: { maxWaiting: 3 },
      onChange: () => new Promise((resolve) => done.push(resolve)),
    });
    const socket = await join();
    for (let at = 1; at <= 100; at += 1) socket.push(change(at, `m${at}`, at));
    expect(socket.isClosedByClient).toBe(true);
    for (let at = 1; at <= 5; at += 1) {
      done.shift()?.();
      await clock.advance(0);
    }
    expect(done).toEqual([]);
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.5' });
    client.close();
  });

  test('on which the app fails are told as an issue and hold up nothing', async () => {
    const told: string[] = [];
    const { join, issues, client } = await bench({
      onChange: ({ version }) => {
        if (version === '10') throw new Error('of the app');
        told.push(version);
      },
    });
    (await join()).push(change(1, 'a', 10), change(2, 'b', 11));
    expect(told).toEqual(['11']);
    expect(issues).toMatchObject([{ kind: 'handlerFailed' }]);
    client.close();
  });

  test('and all else end with close()', async () => {
    const { join, told, client, hub, clock } = await bench();
    const socket = await join();
    client.close();
    socket.push(change(1, 'a', 10));
    socket.end(1006);
    await clock.advance(MINUTE_MS);
    expect(socket.isClosedByClient).toBe(true);
    expect(told).toEqual([]);
    expect(hub.sockets).toHaveLength(1);
    expect(client.status).toBe('closed');
  });
});

describe('a reset', () => {
  test('makes the app read the state, and what follows comes after it', async () => {
    const order: string[] = [];
    let read: () => void = () => undefined;
    const { join, clock, client } = await bench({
      onReset: ({ reason }) => {
        order.push(reason);
        return new Promise((resolve) => (read = resolve));
      },
      onChange: ({ version }) => {
        order.push(version);
      },
    });
    const socket = await join();
    socket.push({ type: 'reset', reason: 'expired', cursor: 'e.50' }, live(50), change(51, 'a', 9));
    await clock.advance(0);
    expect(order).toEqual(['expired']);
    read();
    await clock.advance(0);
    expect(order).toEqual(['expired', '9']);
    socket.end(1006);
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.51' });
    client.close();
  });

  test('comes again when the app could not read the state', async () => {
    let attempts = 0;
    const { join, told, issues, client, clock } = await bench({
      onReset: () => {
        attempts += 1;
        return attempts < 3 ? Promise.reject(new Error('the gateway is away')) : undefined;
      },
    });
    for (const attempt of [1, 2, 3]) {
      const socket = await join();
      expect(socket.said[0]).toMatchObject({ cursor: 'e.0' });
      socket.push({ type: 'reset', reason: 'unknown', cursor: 'f.5' }, live(5), change(6, 'a', 9));
      await clock.advance(0);
      expect(socket.isClosedByClient).toBe(attempt < 3);
    }
    expect(told).toEqual(['a@9']);
    expect(issues).toMatchObject([{ kind: 'handlerFailed' }, { kind: 'handlerFailed' }]);
    client.close();
  });

  test('begins everything where nothing was listened to before, once it is live', async () => {
    const { hub, told, client, join } = await bench({}, null);
    const cut = await join();
    expect(cut.said[0]).not.toHaveProperty('cursor');
    cut.push({ type: 'going-away', cursor: 'e.2', retryAfterMs: 0 });
    cut.end(1001);
    expect(told).toEqual([]);
    const socket = await join();
    expect(hub.socket().said[0]).not.toHaveProperty('cursor');
    socket.push(live(3), change(4, 'a', 1));
    expect(told).toEqual(['new', 'a@1']);
    socket.end(1006);
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.4' });
    client.close();
  });
});

describe('an end of the connection', () => {
  test('is followed by pauses that grow, and are short again after a good connection', async () => {
    const { hub, clock, issues, client } = await bench();
    const pauses: number[] = [];
    const pauseAfterEnd = async () => {
      const before = hub.sockets.length;
      const from = clock.elapsed();
      hub.socket().end(1006);
      while (hub.sockets.length === before) await clock.advance(100);
      return clock.elapsed() - from;
    };
    for (let end = 1; end <= 8; end += 1) pauses.push(await pauseAfterEnd());
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(issues).toEqual([{ kind: 'unreachable' }]);
    hub.socket().accept();
    hub.socket().push(opened(), live(0), change(1, 'a', 1));
    expect(await pauseAfterEnd()).toBe(500);
    client.close();
  });

  test('by going away leads to another connection after the pause that the hub names', async () => {
    const { hub, clock, join, client } = await bench();
    const socket = await join();
    socket.push(live(0), { type: 'going-away', cursor: 'e.9', retryAfterMs: 2_345 });
    socket.end(1001);
    await clock.advance(2_344);
    expect(hub.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(hub.sockets).toHaveLength(2);
    expect(hub.socket().accept()).toMatchObject({ cursor: 'e.9' });
    client.close();
  });

  test('because it was slow leads to another connection from where it left off', async () => {
    const { join, told, client } = await bench();
    const socket = await join();
    socket.push(live(0), change(1, 'a', 1));
    socket.end(4408);
    const next = await join();
    expect(next.said[0]).toMatchObject({ cursor: 'e.1' });
    next.push(change(2, 'b', 2));
    expect(told).toEqual(['a@1', 'b@2']);
    client.close();
  });

  test.for([4401, 4402])(
    'with %i gets one fresh token; when that is refused too the app is told, and decides',
    async (code) => {
      const { hub, clock, tokens, issues, client } = await bench();
      hub.socket().accept();
      hub.socket().end(code);
      await clock.advance(0);
      expect(tokens).toEqual([false, true]);
      expect(issues).toEqual([]);
      hub.socket().accept();
      hub.socket().end(code);
      await clock.advance(60 * MINUTE_MS);
      expect(hub.sockets).toHaveLength(2);
      expect(issues).toEqual([{ kind: 'unauthenticated' }]);
      expect(client.status).toBe('stopped');
      client.retryNow();
      await clock.advance(0);
      expect(tokens).toEqual([false, true, true]);
      hub.socket().accept();
      hub.socket().push(opened(), live(0));
      expect(client.status).toBe('live');
      client.close();
    },
  );

  test.for([
    [4429, 'tooManyConnections'],
    [1008, 'protocolFailed'],
    [1009, 'protocolFailed'],
  ] as const)('with %i is told as %s and not hurried after', async ([code, kind]) => {
    const { hub, clock, issues, join, client } = await bench({ random: () => 0 });
    (await join()).end(code);
    expect(hub.sockets).toHaveLength(1);
    await clock.advance(14_999);
    expect(hub.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(hub.sockets).toHaveLength(2);
    expect(issues).toEqual([{ kind, code }]);
    client.close();
  });

  test('is assumed when the hub says nothing for twice its heartbeat, and not before', async () => {
    const { clock, join, client } = await bench();
    const socket = await join();
    socket.push(live(0));
    await clock.advance(49_999);
    socket.push({ type: 'heartbeat', cursor: 'e.4' });
    await clock.advance(49_999);
    expect(socket.isClosedByClient).toBe(false);
    await clock.advance(1);
    expect(socket.isClosedByClient).toBe(true);
    expect((await join()).said[0]).toMatchObject({ cursor: 'e.4' });
    client.close();
  });

  test('is assumed when a connection is never let in', async () => {
    const { hub, clock, client } = await bench();
    await clock.advance(20_500);
    expect(hub.sockets[0]?.isClosedByClient).toBe(true);
    expect(hub.sockets).toHaveLength(2);
    client.close();
  });

  test.for(['no json', 'null', '<html>'])(
    'is made when what comes is no frame: %s',
    async (text) => {
      const { join, issues, client } = await bench();
      const socket = await join();
      socket.pushText(text);
      expect(socket.isClosedByClient).toBe(true);
      await join();
      expect(issues).toMatchObject([{ kind: 'protocolFailed' }]);
      client.close();
    },
  );

  test('is made when the hub takes the token for another user, of whom nothing is delivered', async () => {
    const { hub, clock, told, issues, client } = await bench();
    for (const attempt of [1, 2]) {
      hub.socket().accept();
      hub.socket().push(opened('e.0', 'bob'), live(0), change(attempt, 'a', attempt));
      await clock.advance(0);
    }
    expect(told).toEqual([]);
    expect(issues).toEqual([{ kind: 'unauthenticated' }]);
    client.close();
  });

  test('a pause after it is ended by the app that knows better', async () => {
    const { hub, clock, client } = await bench();
    hub.socket().end(1006);
    await clock.advance(0);
    expect(client.status).toBe('waiting');
    client.retryNow();
    await clock.advance(0);
    expect(hub.sockets).toHaveLength(2);
    client.close();
  });
});

test('frames of a type that nobody knows yet are skipped', async () => {
  const { join, told, issues, client } = await bench();
  const socket = await join();
  socket.pushText('{"type":"of-tomorrow","cursor":"e.77"}');
  socket.push(change(1, 'a', 1));
  expect(told).toEqual(['a@1']);
  expect(issues).toEqual([]);
  client.close();
});

test('a token that runs out is renewed without a new connection', async () => {
  const { join, tokens, clock, client } = await bench();
  const socket = await join();
  socket.push(live(0), { type: 'expiring', expiresAt: '2030-01-01T00:00:00Z' });
  await clock.advance(0);
  expect(socket.said.at(-1)).toEqual({ type: 'renew', token: 'token 2' });
  expect(tokens).toEqual([false, true]);
  client.close();
});

test('tokens that ran out one after the other, each after it was taken, stop nothing', async () => {
  const { join, tokens, issues, client } = await bench();
  for (let at = 1; at <= 4; at += 1) (await join()).end(4402);
  await join();
  expect(tokens).toEqual([false, true, true, true, true]);
  expect(issues).toEqual([]);
  client.close();
});

test('a token that cannot be had is asked for again after a pause', async () => {
  let attempts = 0;
  const { hub, clock, issues, client } = await bench({
    token: () => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error('offline')) : Promise.resolve('t');
    },
  });
  expect(hub.sockets).toHaveLength(0);
  await clock.advance(500);
  expect(hub.sockets).toHaveLength(1);
  expect(issues).toMatchObject([{ kind: 'tokenFailed' }]);
  client.close();
});

describe('channels', () => {
  test('are asked for one question at a time, and all of them at the next connection', async () => {
    const { join, client } = await bench();
    const socket = await join();
    client.subscribe('conversation:a');
    expect(socket.said).toHaveLength(1);
    socket.push(live(0));
    client.subscribe('conversation:b');
    client.subscribe('conversation:c');
    client.unsubscribe('me');
    expect(socket.said.slice(1)).toEqual([{ type: 'subscribe', channels: ['conversation:a'] }]);
    socket.push(channelsFrame(0, 'me', 'conversation:a'));
    expect(socket.said.at(-1)).toEqual({ type: 'unsubscribe', channels: ['me'] });
    socket.push(channelsFrame(0, 'conversation:a'));
    expect(socket.said.at(-1)).toEqual({
      type: 'subscribe',
      channels: ['conversation:b', 'conversation:c'],
    });
    socket.end(1006);
    expect((await join()).said[0]).toMatchObject({
      channels: ['conversation:a', 'conversation:b', 'conversation:c'],
    });
    client.close();
  });

  test('that are refused, or that the user was taken out of, are not asked for again', async () => {
    const { join, issues, told, client } = await bench({
      channels: ['me', 'conversation:a', 'conversation:b'],
    });
    const socket = await join();
    socket.push(
      { type: 'refused', channel: 'conversation:a', reason: 'permission-denied' },
      live(0),
      { type: 'removed', cursor: 'e.1', conversationId: 'b' },
    );
    expect(issues).toEqual([{ kind: 'channelRefused', channel: 'conversation:a' }]);
    expect(told).toEqual(['removed b']);
    socket.end(1006);
    expect((await join()).said[0]).toMatchObject({ channels: ['me'], cursor: 'e.1' });
    client.close();
  });

  test('without any there is no connection, and with the first there is one', async () => {
    const { hub, clock, client, join } = await bench({ channels: [] });
    await clock.advance(MINUTE_MS);
    expect(hub.sockets).toHaveLength(0);
    expect(client.status).toBe('idle');
    client.subscribe('conversation:a');
    await clock.advance(0);
    const socket = await join();
    socket.push(live(0));
    client.unsubscribe('conversation:a');
    expect(socket.isClosedByClient).toBe(true);
    await clock.advance(MINUTE_MS);
    expect(hub.sockets).toHaveLength(1);
    expect(client.status).toBe('idle');
    client.close();
  });

  test('beyond a hundred are refused at once, and nothing is changed', async () => {
    const { hub, client } = await bench();
    const many = Array.from({ length: 100 }, (_, at) => `conversation:${at}` as const);
    expect(() => client.subscribe(...many)).toThrow(RangeError);
    expect(hub.socket().accept()).toMatchObject({ channels: ['me'] });
    client.close();
  });
});

test('a storage that fails is told once, and the cursor lives as long as the page', async () => {
  const broken: KeyValueStorage = {
    ...memoryStorage(),
    setItem: () => Promise.reject(new Error('quota')),
  };
  const { join, issues, clock, client } = await bench({ storage: broken }, null);
  const socket = await join();
  for (let at = 1; at <= 5; at += 1) {
    socket.push(live(at));
    await clock.advance(0);
  }
  expect(issues).toMatchObject([{ kind: 'storageFailed' }]);
  socket.end(1006);
  expect((await join()).said[0]).toMatchObject({ cursor: 'e.5' });
  client.close();
});
