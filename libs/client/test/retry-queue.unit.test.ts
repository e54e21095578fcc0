import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CallableError,
  memoryStorage,
  RetryQueue,
  type ClientIssue,
  type EnsureCall,
  type KeyValueStorage,
  type RetryQueueOptions,
} from '../src/index.ts';
import { INTENT_MS } from '../src/queue/retry-queue.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';

const HOUR_MS = 3_600_000;
const call = (messageId: string): EnsureCall => ({
  name: 'sqlGatewayEnsureMessage',
  request: { conversationId: 'c', messageId },
});
const messageOf = (sent: EnsureCall) =>
  sent.name === 'sqlGatewayEnsureMessage' ? sent.request.messageId : sent.name;
const away = () => new CallableError('unavailable', 'the gateway is away');

interface Bench {
  readonly clock: ManualClock;
  readonly issues: ClientIssue[];
  readonly sent: string[];
  readonly queue: (options?: Partial<RetryQueueOptions>) => RetryQueue;
}

function bench(answer: (id: string) => Promise<unknown> = () => Promise.resolve()): Bench {
  const clock = manualClock();
  const issues: ClientIssue[] = [];
  const sent: string[] = [];
  const storage = memoryStorage();
  return {
    clock,
    issues,
    sent,
    queue: (options) =>
      new RetryQueue({
        storage,
        userId: 'ada',
        clock,
        random: Math.random,
        onIssue: (issue) => issues.push(issue),
        send: (one) => {
          sent.push(messageOf(one));
          return answer(messageOf(one));
        },
        ...options,
      }),
  };
}

async function confirmed(queue: RetryQueue, id: string): Promise<void> {
  await (await queue.intend(call(id))).confirm(1);
}

describe('the retry queue', () => {
  test('calls once the write is confirmed, and not before', async () => {
    const { clock, queue, sent } = bench();
    const running = queue();
    const intent = await running.intend(call('m'));
    await clock.advance(INTENT_MS / 2);
    expect(sent).toEqual([]);
    await intent.confirm(1);
    await clock.advance(0);
    expect(sent).toEqual(['m']);
    expect(await running.size()).toBe(0);
    running.close();
  });

  test('forgets a write that Firestore refused', async () => {
    const { clock, queue, sent } = bench();
    const running = queue();
    await (await running.intend(call('m'))).withdraw();
    await clock.advance(HOUR_MS);
    expect(sent).toEqual([]);
    running.close();
  });

  test('calls for a write whose end it never learnt, because the app was closed', async () => {
    const { clock, queue, sent } = bench();
    const first = queue();
    await first.intend(call('m'));
    first.close();
    const second = queue();
    await clock.advance(INTENT_MS + 10_000);
    expect(sent).toEqual(['m']);
    expect(await second.size()).toBe(0);
    second.close();
  });

  test('waits longer and longer while the gateway is away, and calls for all when it is back', async () => {
    let isAway = true;
    const { clock, issues, queue, sent } = bench(() =>
      isAway ? Promise.reject(away()) : Promise.resolve(),
    );
    const running = queue({ random: () => 1 });
    for (const id of ['1', '2', '3']) await confirmed(running, id);
    await clock.advance(HOUR_MS);
    // 500 ms, 1 s, 2 s, ... 5 min: some twenty attempts in an hour, not one for each call each time.
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.length).toBeLessThan(30);
    expect(issues.filter(({ kind }) => kind === 'writeDelayed').length).toBeLessThanOrEqual(3);
    isAway = false;
    sent.length = 0;
    await clock.advance(HOUR_MS);
    expect([...sent].sort()).toEqual(['1', '2', '3']);
    running.close();
  });

  test('tries again at once when the app says that it is online', async () => {
    let isAway = true;
    const { clock, queue, sent } = bench(() =>
      isAway ? Promise.reject(away()) : Promise.resolve(),
    );
    const running = queue({ random: () => 1 });
    await confirmed(running, 'm');
    await clock.advance(HOUR_MS);
    isAway = false;
    sent.length = 0;
    running.retryNow();
    await clock.advance(0);
    expect(sent).toEqual(['m']);
    running.close();
  });

  test('comes again when the server says, and no sooner', async () => {
    const refusal = new CallableError('resource-exhausted', 'slowly', 90_000);
    const { clock, queue, sent } = bench(() => Promise.reject(refusal));
    const running = queue();
    await confirmed(running, 'm');
    await clock.advance(89_000);
    expect(sent).toEqual(['m']);
    await clock.advance(7_000);
    expect(sent).toEqual(['m', 'm']);
    running.close();
  });

  test.for(['permission-denied', 'invalid-argument', 'failed-precondition'] as const)(
    'gives up what fails with %s, says so, and goes on with the rest',
    async (code) => {
      const { clock, issues, queue, sent } = bench((id) =>
        id === 'bad' ? Promise.reject(new CallableError(code, 'no')) : Promise.resolve(),
      );
      const running = queue();
      for (const id of ['bad', 'good']) await confirmed(running, id);
      await clock.advance(1_000);
      expect(sent).toEqual(['bad', 'good']);
      expect(issues).toMatchObject([{ kind: 'writeDropped', reason: 'refused' }]);
      expect(await running.size()).toBe(0);
      running.close();
    },
  );

  test('calls once for all writes to the same document', async () => {
    const { clock, queue, sent } = bench();
    const running = queue();
    running.close();
    for (const id of ['m', 'm', 'n', 'm']) await confirmed(running, id);
    const next = queue();
    await clock.advance(1_000);
    expect([...sent].sort()).toEqual(['m', 'n']);
    next.close();
  });

  test('calls again for a write that was confirmed while a call for it was on its way', async () => {
    const answers: (() => void)[] = [];
    const { clock, queue, sent } = bench(
      () =>
        new Promise<void>((resolve) => {
          answers.push(resolve);
        }),
    );
    const running = queue();
    const late = await running.intend(call('m'));
    await clock.advance(INTENT_MS + 10_000);
    expect(sent).toEqual(['m']);
    await late.confirm(1);
    answers.shift()?.();
    await clock.advance(10_000);
    expect(sent).toEqual(['m', 'm']);
    answers.shift()?.();
    await clock.advance(0);
    expect(await running.size()).toBe(0);
    running.close();
  });

  test('keeps no more than its cap, drops the oldest and says so', async () => {
    const { clock, issues, queue } = bench(() => Promise.reject(away()));
    const running = queue({ limits: { maxCalls: 3 } });
    for (const id of ['1', '2', '3', '4', '5']) {
      await confirmed(running, id);
      await clock.advance(1);
    }
    expect(await running.size()).toBe(3);
    const dropped = issues.filter(({ kind }) => kind === 'writeDropped');
    expect(dropped).toMatchObject([{ reason: 'queueFull' }, { reason: 'queueFull' }]);
    running.close();
  });

  test.for([
    ['attempts', { maxAttempts: 4 }, 'tooManyAttempts'],
    ['age', { maxAgeMs: 30_000 }, 'tooOld'],
  ] as const)('gives up beyond its cap of %s', async ([, limits, reason]) => {
    const { clock, issues, queue } = bench(() => Promise.reject(away()));
    const running = queue({ limits });
    await confirmed(running, 'm');
    await clock.advance(HOUR_MS);
    expect(await running.size()).toBe(0);
    expect(issues.at(-1)).toMatchObject({ kind: 'writeDropped', reason });
    running.close();
  });

  test('is of one user: what another has queued stays until that one is back', async () => {
    const { clock, queue, sent } = bench();
    const ada = queue();
    ada.close();
    await confirmed(ada, 'of-ada');
    const bob = queue({ userId: 'bob' });
    await clock.advance(HOUR_MS);
    expect(sent).toEqual([]);
    const back = queue();
    await clock.advance(0);
    expect(sent).toEqual(['of-ada']);
    bob.close();
    back.close();
  });

  test('runs in one tab at a time, and in the next when that is closed', async () => {
    const { clock, queue } = bench();
    const locks = tabLocks();
    const calls: string[] = [];
    const tab = (name: string) =>
      queue({
        locks,
        send: () => {
          calls.push(name);
          return Promise.resolve();
        },
      });
    const [one, two] = [tab('one'), tab('two')];
    await confirmed(two, 'a');
    await clock.advance(10_000);
    expect(calls).toEqual(['one']);
    one.close();
    await confirmed(two, 'b');
    await clock.advance(10_000);
    expect(calls).toEqual(['one', 'two']);
    two.close();
  });

  test('goes on when the clock was set back by a year', async () => {
    let isAway = true;
    const { clock, queue, sent } = bench(() =>
      isAway ? Promise.reject(away()) : Promise.resolve(),
    );
    const running = queue();
    await confirmed(running, 'm');
    await clock.advance(60_000);
    isAway = false;
    sent.length = 0;
    clock.setNow(clock.now() - 365 * 24 * HOUR_MS);
    await clock.advance(10_000);
    expect(sent).toEqual(['m']);
    running.close();
  });

  test('works in memory while the storage fails, and says so', async () => {
    const broken: KeyValueStorage = {
      getItem: () => Promise.reject(new Error('quota')),
      setItem: () => Promise.reject(new Error('quota')),
      removeItem: () => Promise.reject(new Error('quota')),
      getAllKeys: () => Promise.reject(new Error('quota')),
    };
    const { clock, issues, queue, sent } = bench();
    const running = queue({ storage: broken });
    await confirmed(running, 'm');
    await clock.advance(10_000);
    expect(sent).toEqual(['m']);
    expect(issues.some(({ kind }) => kind === 'storageFailed')).toBe(true);
    running.close();
  });

  test('throws away what it cannot read, and says so', async () => {
    const storage = memoryStorage();
    await storage.setItem('ayna.queue.ada/x', '{"half":');
    await storage.setItem('of-the-app', 'stays');
    const { clock, issues, queue } = bench();
    const running = queue({ storage });
    await clock.advance(1_000);
    expect(issues).toMatchObject([{ kind: 'writeDropped', reason: 'unreadable' }]);
    expect(await storage.getAllKeys()).toEqual(['of-the-app']);
    running.close();
  });
});

describe('whatever happens, in whatever order', () => {
  /** What may happen to an app; `at` says after how many steps of the storage a crash comes. */
  const event = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), id: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('unfinishedWrite' as const), id: fc.constantFrom('a', 'b') }),
    fc.record({ kind: fc.constant('crash' as const), after: fc.nat({ max: 4 }) }),
    fc.record({ kind: fc.constant('gateway' as const), isAway: fc.boolean() }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.nat({ max: 400_000 }) }),
    fc.record({ kind: fc.constant('storage' as const), fails: fc.boolean() }),
    fc.constant({ kind: 'secondTab' as const }),
  );

  test('each write that Firestore committed is called for, after it was committed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (events) => {
        const clock = manualClock();
        const disk = memoryStorage();
        const locks = tabLocks();
        let isAway = false;
        let step = 0;
        /** When each document was last committed, and when a call that succeeded last began. */
        const committed = new Map<string, number>();
        const ensured = new Map<string, number>();
        let storageFails = false;

        const openTab = () => {
          // A tab that has crashed does nothing any more, not even to the storage.
          const life = { stepsLeft: Number.POSITIVE_INFINITY };
          const alive = <T>(work: () => Promise<T>): Promise<T> => {
            if (life.stepsLeft <= 0) return new Promise<T>(() => undefined);
            life.stepsLeft -= 1;
            return work();
          };
          const queue = new RetryQueue({
            userId: 'ada',
            clock,
            locks: life.stepsLeft > 0 ? locks.ofTab(life) : undefined,
            onIssue: () => undefined,
            storage: {
              getItem: (key) => alive(() => disk.getItem(key)),
              setItem: (key, value) =>
                alive(() =>
                  storageFails ? Promise.reject(new Error('full')) : disk.setItem(key, value),
                ),
              removeItem: (key) => alive(() => disk.removeItem(key)),
              getAllKeys: () => alive(() => disk.getAllKeys()),
            },
            send: (one) =>
              alive(async () => {
                const begun = (step += 1);
                await Promise.resolve();
                if (isAway) throw away();
                ensured.set(messageOf(one), begun);
              }),
          });
          return { queue, life };
        };

        let tab = openTab();
        for (const one of events) {
          if (one.kind === 'gateway') isAway = one.isAway;
          else if (one.kind === 'storage') storageFails = one.fails;
          else if (one.kind === 'time') await clock.advance(one.ms);
          else if (one.kind === 'secondTab') openTab();
          else if (one.kind === 'crash') {
            // The storage may fail or the app crash, but what neither kept cannot be asked for.
            if (storageFails) continue;
            await clock.advance(6_000);
            tab.life.stepsLeft = one.after;
            await clock.advance(10);
            tab.life.stepsLeft = 0;
            locks.release(tab.life);
            tab = openTab();
          } else {
            const intent = await tab.queue.intend(call(one.id));
            committed.set(one.id, (step += 1));
            if (one.kind === 'write') await intent.confirm(1);
          }
        }
        storageFails = false;
        isAway = false;
        await clock.advance(2 * HOUR_MS);
        for (const [id, when] of committed) expect(ensured.get(id) ?? -1).toBeGreaterThan(when);
        expect(await disk.getAllKeys()).toEqual([]);
        locks.releaseAll();
      }),
      { numRuns: 150 },
    );
  });
});

interface TabLocks {
  request(
    name: string,
    options: { readonly signal: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>;
  ofTab(tab: object): Omit<TabLocks, 'ofTab' | 'release' | 'releaseAll'>;
  /** The tab is gone, and with it its lock or its place in the queue. */
  release(tab: object): void;
  releaseAll(): void;
}

/** Web Locks of one browser: one holder, the others in line. */
function tabLocks(): TabLocks {
  const line: { tab: object; start: () => void }[] = [];
  const leave = (tab: object) => {
    const wasFirst = line[0]?.tab === tab;
    const at = line.findIndex((place) => place.tab === tab);
    if (at >= 0) line.splice(at, 1);
    if (wasFirst) line[0]?.start();
  };
  const ofTab = (tab: object) => ({
    request: (
      _name: string,
      { signal }: { readonly signal: AbortSignal },
      callback: () => Promise<void>,
    ) =>
      new Promise<unknown>((resolve, reject) => {
        const place = {
          tab,
          start: () => {
            void callback().then(() => {
              leave(tab);
              resolve(undefined);
            });
          },
        };
        signal.addEventListener('abort', () => {
          if (line[0] !== place) {
            leave(tab);
            reject(new Error('aborted'));
          }
        });
        line.push(place);
        if (line[0] === place) place.start();
      }),
  });
  return {
    request: (name, options, callback) => ofTab({}).request(name, options, callback),
    ofTab,
    release: leave,
    releaseAll: () => {
      line.length = 0;
    },
  };
}
