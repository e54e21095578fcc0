import { beforeEach, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../src/broker/clock.ts';
import { memoryJournal } from '../src/broker/journal.ts';
import { Namespace } from '../src/broker/namespace.ts';
import { message, taker } from './message-taker.ts';

let clock: ManualClock;
let namespace: Namespace;
beforeEach(() => {
  clock = createManualClock();
  namespace = new Namespace(clock, memoryJournal);
});

const MINUTE_MS = 60_000;

test('messages are handed out in order, in turn, and never beyond what a receiver takes', () => {
  const { store } = namespace.createQueue('q');
  const [a, b] = [taker(2), taker(1)];
  store.addConsumer(a);
  store.addConsumer(b);
  namespace.send(
    'q',
    ['1', '2', '3', '4'].map((id) => message(id)),
  );
  expect([...a.ids, ...b.ids].sort()).toEqual(['1', '2', '3']);
  expect(store.counts).toEqual({ active: 1, locked: 3, deferred: 0, scheduled: 0 });
});

test('a message that comes back goes to where it was, before newer ones', () => {
  const { store } = namespace.createQueue('q');
  namespace.send(
    'q',
    ['1', '2', '3'].map((id) => message(id)),
  );
  const first = taker(1);
  store.addConsumer(first);
  store.removeConsumer(first);
  const [lock] = first.locks;
  if (lock) store.abandon(lock, undefined);
  const all = taker();
  store.addConsumer(all);
  expect(all.ids).toEqual(['1', '2', '3']);
});

test('a lock ends when its time is over, and not before', () => {
  const { store } = namespace.createQueue('q', { lockDurationMs: MINUTE_MS });
  namespace.send('q', [message('1')]);
  const receiver = taker(1);
  store.addConsumer(receiver);
  clock.advance(MINUTE_MS - 1);
  expect(store.counts.locked).toBe(1);
  const [lock] = receiver.locks;
  if (lock) store.renew(lock);
  clock.advance(MINUTE_MS - 1);
  expect(store.counts.locked).toBe(1);
  clock.advance(1);
  expect(store.counts).toMatchObject({ active: 1, locked: 0 });
  expect(() => {
    if (lock) store.complete(lock);
  }).toThrow(expect.objectContaining({ code: 'message-lock-lost' }));
});

test('a locked message does not expire while it is locked', () => {
  const { store, deadLetters } = namespace.createQueue('q', {
    lockDurationMs: MINUTE_MS,
    deadLetteringOnMessageExpiration: true,
  });
  namespace.send('q', [message('1', { timeToLiveMs: 1000 })]);
  const receiver = taker(1);
  store.addConsumer(receiver);
  clock.advance(2000);
  expect(store.counts.locked).toBe(1);
  clock.advance(MINUTE_MS);
  expect(deadLetters.counts.active).toBe(1);
});

test('a message id is forgotten when the window has passed', () => {
  const queue = namespace.createQueue('q', {
    requiresDuplicateDetection: true,
    duplicateDetectionHistoryTimeWindowMs: MINUTE_MS,
  });
  namespace.send('q', [message('same')]);
  clock.advance(MINUTE_MS - 1);
  namespace.send('q', [message('same')]);
  expect(queue.store.counts.active).toBe(1);
  clock.advance(1);
  namespace.send('q', [message('same')]);
  expect(queue.store.counts.active).toBe(2);
});

test('a message to a topic is scheduled there, and fanned out when its time has come', () => {
  namespace.createTopic('t');
  const { store } = namespace.createSubscription('t', 's');
  namespace.send('t', [message('1', { scheduledForMs: clock.now() + 1000 })]);
  expect(store.counts.active).toBe(0);
  clock.advance(1000);
  expect(store.counts.active).toBe(1);
});

test('what cannot be forwarded goes to the transfer dead letters of its entity', () => {
  const queue = namespace.createQueue('q', { forwardTo: 'nowhere' });
  namespace.send('q', [message('1')]);
  expect(queue.store.counts.active).toBe(0);
  expect(queue.transferDeadLetters.counts.active).toBe(1);
});

test('forwarding in a circle ends', () => {
  namespace.createQueue('a', { forwardTo: 'b' });
  namespace.createQueue('b', { forwardTo: 'a' });
  namespace.send('a', [message('1')]);
  const held = [...namespace.queues.values()].map(
    (queue) => queue.transferDeadLetters.counts.active,
  );
  expect(held.reduce((sum, count) => sum + count)).toBe(1);
});

test('an entity that nobody uses is removed after its idle time, one with a receiver stays', () => {
  const settings = { autoDeleteOnIdleMs: 5 * MINUTE_MS };
  namespace.createQueue('unused', settings);
  namespace.createQueue('attended', settings).store.addConsumer(taker());
  namespace.createQueue('sent-to', settings);
  clock.advance(4 * MINUTE_MS);
  namespace.send('sent-to', [message('1')]);
  clock.advance(2 * MINUTE_MS);
  expect([...namespace.queues.keys()]).toEqual(['attended', 'sent-to']);
});

test('of a batch, nothing is taken when one message is refused', () => {
  const { store } = namespace.createQueue('q', { requiresSession: true });
  const batch = [message('1', { sessionId: 's' }), message('2')];
  expect(() => namespace.send('q', batch)).toThrow(
    expect.objectContaining({ code: 'not-allowed' }),
  );
  expect(store.counts.active).toBe(0);
});

test('a message that a filter cannot be applied to becomes a dead letter of that subscription', () => {
  namespace.createTopic('t');
  const filter = { type: 'sql', expression: 'a / 0 = 1', parameters: {} } as const;
  const rule = { name: 'r', filter, action: undefined, createdAtMs: 0 };
  const subscription = namespace.createSubscription('t', 's', {}, rule);
  namespace.send('t', [message('1', { applicationProperties: () => new Map([['a', 1]]) })]);
  expect(subscription.store.counts.active).toBe(0);
  expect(subscription.deadLetters.counts.active).toBe(1);
});

test('each matching rule with an action makes a copy, all others together make one', () => {
  namespace.createTopic('t');
  const { store } = namespace.createSubscription('t', 's');
  const subscription = namespace.findSubscription('t', 's');
  if (!subscription) throw new Error('no subscription');
  const all = { type: 'true' } as const;
  namespace.addRule(subscription, {
    name: 'plain',
    filter: all,
    action: undefined,
    createdAtMs: 0,
  });
  for (const name of ['a', 'b']) {
    const action = { expression: `SET by = '${name}'`, parameters: {} };
    namespace.addRule(subscription, { name, filter: all, action, createdAtMs: 0 });
  }
  namespace.send('t', [message('1')]);
  const changes = [...store.entries.from(0)].map((entry) =>
    Object.fromEntries(entry.changes?.application ?? []),
  );
  expect(changes).toEqual([{ RuleName: 'a', by: 'a' }, { RuleName: 'b', by: 'b' }, {}]);
});

test('an entity that is full takes nothing more', () => {
  namespace.createQueue('q', { maxSizeInMegabytes: 1 });
  namespace.send('q', [message('1', { bytes: Buffer.alloc(1_048_576) })]);
  expect(() => namespace.send('q', [message('2')])).toThrow(
    expect.objectContaining({ code: 'quota-exceeded' }),
  );
});

test('what waits in a queue is forwarded when the queue is told to forward', () => {
  const queue = namespace.createQueue('q');
  const target = namespace.createQueue('target');
  namespace.send('q', [message('1'), message('2')]);
  queue.description = { ...queue.description, forwardTo: 'target' };
  namespace.updated(queue);
  expect([queue.store.counts.active, target.store.counts.active]).toEqual([0, 2]);
});

test('a message that was refused may be sent again, whatever else was in its batch', () => {
  const { store } = namespace.createQueue('q', {
    requiresDuplicateDetection: true,
    requiresSession: true,
  });
  const good = message('good', { sessionId: 's' });
  expect(() => namespace.send('q', [good, message('bad')])).toThrow();
  namespace.send('q', [good, message('bad', { sessionId: 's' })]);
  expect(store.counts.active).toBe(2);
});
