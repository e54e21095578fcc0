import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../src/broker/clock.ts';
import { memoryJournal } from '../src/broker/journal.ts';
import type { MessageContent } from '../src/broker/message.ts';
import { Namespace } from '../src/broker/namespace.ts';
import { message, taker } from './message-taker.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const TTL_MS = 30_000;
const MESSAGES = 500;

let clock: ManualClock;
let namespace: Namespace;
beforeEach(() => {
  clock = createManualClock();
  namespace = new Namespace(clock, memoryJournal);
});

/** Sends messages and watches what becomes of them. */
function sendWatched(settings: (n: number) => Partial<MessageContent>): WeakRef<MessageContent>[] {
  return Array.from({ length: MESSAGES }, (_, n) => {
    const content = message(String(n), settings(n));
    namespace.send('t', [content]);
    return new WeakRef(content);
  });
}

/** How many of them still take memory. */
async function stillThere(watched: readonly WeakRef<MessageContent>[]): Promise<number> {
  // A reference is kept alive until the end of the task that looked at it.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return watched.filter((reference) => reference.deref() !== undefined).length;
}

test('what expires in a subscription that nobody reads takes no memory any more', async () => {
  namespace.createTopic('t', { defaultMessageTimeToLiveMs: TTL_MS });
  namespace.createSubscription('t', 'plain');
  namespace.createSubscription('t', 'sessions', { requiresSession: true });
  const watched = sendWatched((n) => ({ sessionId: `s${n % 3}` }));
  expect(await stillThere(watched)).toBe(MESSAGES);
  clock.advance(TTL_MS);
  expect(await stillThere(watched)).toBe(0);
});

test('what expires behind a message that stays takes hardly any memory', async () => {
  namespace.createTopic('t');
  namespace.createSubscription('t', 'plain');
  namespace.send('t', [message('stays')]);
  const watched = sendWatched(() => ({ timeToLiveMs: TTL_MS }));
  clock.advance(TTL_MS);
  expect(await stillThere(watched)).toBeLessThan(100);
});

test('what was received long before it would have expired takes hardly any memory', async () => {
  namespace.createTopic('t', { defaultMessageTimeToLiveMs: TTL_MS });
  const { store } = namespace.createSubscription('t', 'plain');
  const watched = sendWatched(() => ({}));
  const receiver = taker();
  store.addConsumer(receiver);
  for (const lock of receiver.locks.splice(0)) store.complete(lock);
  expect(await stillThere(watched)).toBeLessThan(100);
});
