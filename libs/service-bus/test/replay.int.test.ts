import { expect, test } from 'vitest';
import { event, events, openLetters } from './dead-letters-under-test.ts';

test('a replay keeps the event id, properties and body, counts an attempt and takes a new message id', async () => {
  await using t = await openLetters();
  const original = event('m1');
  await t.bury([original]);
  expect(await t.letters.replay(t.run)).toEqual({ done: 1, skipped: 0, gone: 0, left: 0 });
  const [replayed, ...others] = await t.delivered();
  expect(others).toEqual([]);
  expect(replayed).toMatchObject({
    contentType: 'application/json',
    subject: 'dm.message.create',
    applicationProperties: original.applicationProperties,
  });
  expect(JSON.parse(String(replayed?.body))).toEqual({ ...(original.body as object), attempt: 2 });
  expect(replayed?.messageId).toMatch(/^[0-9a-f]{64}$/);
  expect(replayed?.applicationProperties).not.toHaveProperty('DeadLetterReason');
  expect(await t.all()).toEqual([]);
});

test('every replay of an event has a message id of its own and one attempt more', async () => {
  await using t = await openLetters();
  await t.bury([event('m1')]);
  const seen: unknown[] = [];
  for (let time = 0; time < 3; time += 1) {
    await t.letters.replay(t.run);
    const receiver = t.client.createReceiver('mirror', 'sql-writer');
    const [message] = await receiver.receiveMessages(1);
    if (message) {
      seen.push([message.messageId, (message.body as { attempt: number }).attempt]);
      await receiver.deadLetterMessage(message);
    }
    await receiver.close();
  }
  expect(new Set(seen.map((one) => (one as unknown[])[0])).size).toBe(3);
  expect(seen.map((one) => (one as unknown[])[1])).toEqual([2, 3, 4]);
});

test('numbers that JavaScript cannot hold survive a replay', async () => {
  await using t = await openLetters();
  const text = '{"attempt":1,"sourceVersion":1760000000000000123,"ratio":1.0}';
  await t.bury([{ ...event('m1'), body: Buffer.from(text) }]);
  await t.letters.replay(t.run);
  const [replayed] = await t.delivered();
  expect(String(replayed?.body)).toBe(text.replace('"attempt":1', '"attempt":2'));
});

test.for([
  ['bytes', Buffer.from([0, 255, 123, 34])],
  ['JSON that is no event', Buffer.from('[1, 2.50,\n "x"]')],
  ['nothing at all', Buffer.alloc(0)],
] as const)('a body of %s is replayed byte for byte', async ([, body]) => {
  await using t = await openLetters();
  await t.bury([{ messageId: 'odd', body }]);
  expect(await t.letters.replay(t.run)).toMatchObject({ done: 1 });
  const [replayed] = await t.delivered();
  expect(replayed?.body).toEqual(body);
});

test('a body that cannot be sent again unchanged is skipped with the reason and stays', async () => {
  await using t = await openLetters();
  await t.bury([{ body: [1, 'two'], bodyType: 'sequence' } as never, event('m1')]);
  const reasons: string[] = [];
  const report = await t.letters.replay({
    ...t.run,
    onOutcome: (outcome) => {
      if (outcome.kind === 'skipped') reasons.push(outcome.why);
    },
  });
  expect(report).toEqual({ done: 1, skipped: 1, gone: 0, left: 0 });
  expect(reasons).toEqual([expect.stringContaining('AMQP sequence')]);
  expect(await t.all()).toHaveLength(1);
});

test('an event older than the tombstones is refused with the remedy, and stays', async () => {
  await using t = await openLetters();
  const old = event('old');
  old.applicationProperties.cloudEvents_time = new Date(Date.now() - 31 * 86_400_000).toISOString();
  const backfilled = event('backfilled', { syncSource: 'backfill' });
  backfilled.applicationProperties.cloudEvents_time = '2020-01-01T00:00:00.000Z';
  await t.bury([old, backfilled, event('new')]);
  const refused: unknown[] = [];
  const report = await t.letters.replay({
    ...t.run,
    onOutcome: (outcome) => {
      if (outcome.kind === 'skipped') refused.push([outcome.letter.eventId, outcome.why]);
    },
  });
  expect(report).toMatchObject({ done: 2, skipped: 1 });
  expect(refused).toEqual([['event-old', expect.stringContaining('ayna mirror repair')]]);
  expect((await t.all()).map(({ eventId }) => eventId)).toEqual(['event-old']);
});

test('a dry run says what would be replayed and changes nothing', async () => {
  await using t = await openLetters();
  await t.bury(events(5));
  const before = await t.all();
  const planned: unknown[] = [];
  const report = await t.letters.replay({
    ...t.run,
    dryRun: true,
    limit: 3,
    onOutcome: ({ kind, letter }) => planned.push([kind, letter.path]),
  });
  expect(report).toEqual({ done: 3, skipped: 0, gone: 0, left: 0 });
  expect(planned).toEqual(
    ['m1', 'm2', 'm3'].map((id) => ['planned', `conversations/c/messages/${id}`]),
  );
  expect(await t.all()).toEqual(before);
  expect(await t.delivered()).toEqual([]);
  expect(t.audited).toEqual([]);
});

test('a limit takes the oldest, and every letter has one audit record', async () => {
  await using t = await openLetters();
  await t.bury(events(5));
  await t.letters.replay({ ...t.run, limit: 2 });
  const replayed = await t.delivered();
  expect(
    replayed.map(({ applicationProperties }) => applicationProperties?.cloudEvents_id),
  ).toEqual(['event-m1', 'event-m2']);
  expect(t.audited).toMatchObject(
    replayed.map(({ messageId }, index) => ({
      by: 'test',
      action: 'replay',
      topic: 'mirror',
      subscription: 'sql-writer',
      eventId: `event-m${index + 1}`,
      type: 'dm.message.create',
      path: `conversations/c/messages/m${index + 1}`,
      reason: 'ContractViolation',
      messageId: `id-of-m${index + 1}`,
      newMessageId: messageId,
      attempt: 2,
    })),
  );
});

test('what is not meant stays as it was, in its order, and can be received at once', async () => {
  await using t = await openLetters();
  await t.bury(events(50));
  const before = await t.all();
  const odd = new Set(
    before.filter((_, index) => index % 2 === 1).map(({ sequenceNumber }) => sequenceNumber),
  );
  expect(await t.letters.replay({ ...t.run, filter: { sequenceNumbers: odd } })).toMatchObject({
    done: 25,
    left: 0,
  });
  const after = await t.all();
  const kept = before.filter(({ sequenceNumber }) => !odd.has(sequenceNumber));
  expect(after).toEqual(kept);
  const receiver = t.client.createReceiver('mirror', 'sql-writer', { subQueueType: 'deadLetter' });
  const received = await receiver.receiveMessages(25);
  expect(received.map(({ messageId }) => messageId)).toEqual(
    kept.map(({ messageId }) => messageId),
  );
});
