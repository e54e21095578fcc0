import { createManualClock } from '@ayna/emulator-service-bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeadLetterFilter } from '../src/index.ts';
import { event, openLetters, type DeadLettersUnderTest } from './dead-letters-under-test.ts';

let t: DeadLettersUnderTest;
beforeAll(async () => {
  t = await openLetters();
  const conversation = event('c9', { messageId: undefined, conversationId: 'c9' });
  conversation.applicationProperties.cloudEvents_type = 'dm.conversation.update';
  conversation.applicationProperties.cloudEvents_subject = 'conversations/c9';
  const longer = event('m10', { conversationId: 'only-in-body' });
  longer.applicationProperties.cloudEvents_subject = 'conversations/cc/messages/m10';
  await t.bury([event('m1'), event('m2'), conversation, longer]);
  await t.bury([event('m3'), { messageId: 'odd', body: Buffer.from('odd') }], 'SqlRejected');
});
afterAll(() => t[Symbol.asyncDispose]());

/** Message ids of the letters that a filter lets through. */
async function listed(filter: DeadLetterFilter): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for await (const letter of t.letters.list(filter)) ids.push(letter.messageId);
  return ids;
}

const ids = (...names: string[]) => names.map((name) => `id-of-${name}`);
const HOUR_MS = 3_600_000;

test.for<[string, DeadLetterFilter, string[]]>([
  ['nothing', {}, [...ids('m1', 'm2', 'c9', 'm10', 'm3'), 'odd']],
  ['a reason, in any case', { reasons: ['sqlrejected'] }, [...ids('m3'), 'odd']],
  ['several reasons', { reasons: ['SqlRejected', 'Oversize'] }, [...ids('m3'), 'odd']],
  ['an event type', { types: ['dm.conversation.update'] }, ids('c9')],
  ['an entity', { types: ['dm.message'] }, ids('m1', 'm2', 'm10', 'm3')],
  ['a part of a name', { types: ['dm.mess'] }, []],
  ['a document path', { key: 'conversations/c/messages/m2' }, ids('m2')],
  ['the start of a path', { key: 'conversations/c' }, ids('m1', 'm2', 'm3')],
  ['the start of a path, with a slash', { key: 'conversations/cc/' }, ids('m10')],
  ['an id in a path', { key: 'c9' }, ids('c9')],
  ['an id in the body', { key: 'only-in-body' }, ids('m10')],
  ['the name of a collection', { key: 'messages' }, []],
  ['older than an hour', { olderThanMs: HOUR_MS }, []],
  [
    'younger than an hour',
    { youngerThanMs: HOUR_MS, reasons: ['SqlRejected'] },
    [...ids('m3'), 'odd'],
  ],
  ['all of several', { types: ['dm.message'], reasons: ['SqlRejected'], key: 'c' }, ids('m3')],
])('a filter by %s lets through what fits, oldest first', async ([, filter, expected]) => {
  expect(await listed(filter)).toEqual(expected);
});

test('age counts from when the broker took the message', async () => {
  const clock = createManualClock(Date.now() - 5 * HOUR_MS);
  await using old = await openLetters(60_000, clock);
  await old.bury([event('m1')]);
  clock.advance(2 * HOUR_MS);
  await old.bury([event('m2')]);
  const found: unknown[] = [];
  for await (const { messageId } of old.letters.list({ olderThanMs: 4 * HOUR_MS })) {
    found.push(messageId);
  }
  expect(found).toEqual(ids('m1'));
});

test('a letter is found by its number, and no other in its place', async () => {
  const all = await t.all();
  const [first, second] = all;
  expect((await t.letters.find(second?.sequenceNumber ?? 0n))?.messageId).toBe('id-of-m2');
  expect((await t.letters.find(first?.sequenceNumber ?? 0n))?.messageId).toBe('id-of-m1');
  expect(await t.letters.find(0n)).toBeUndefined();
  expect(await t.letters.find((all.at(-1)?.sequenceNumber ?? 0n) + 1n)).toBeUndefined();
});

test('listing locks nothing: everything can be received at once afterwards', async () => {
  await using fresh = await openLetters();
  await fresh.bury([event('m1'), event('m2')]);
  await fresh.all();
  const receiver = fresh.client.createReceiver('mirror', 'sql-writer', {
    subQueueType: 'deadLetter',
  });
  expect(await receiver.receiveMessages(2)).toHaveLength(2);
});
