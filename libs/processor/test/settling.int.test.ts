import { AynaError, SourceVersion } from '@ayna/contract';
import { describe, expect, test } from 'vitest';
import {
  EVENTUALLY,
  idsOf,
  MAX_DELIVERIES,
  messageOf,
  openMirror,
  settled,
} from './mirror-under-test.ts';

describe('a message', () => {
  test('is settled only after its transaction has committed', async () => {
    await using mirror = await openMirror();
    const committed = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    const processor = mirror.start({
      store: {
        apply: async (changes) => {
          const outcomes = await mirror.store.apply(changes);
          committed.resolve(undefined);
          await release.promise;
          return outcomes;
        },
      },
    });
    await mirror.send(messageOf('late'));
    await committed.promise;
    expect((await mirror.waiting()).map(({ messageId }) => messageId)).toHaveLength(1);
    expect(processor.status().counts.applied).toBe(0);
    release.resolve(undefined);
    await settled(processor, 1);
    expect(await mirror.waiting()).toEqual([]);
  });

  test('that comes again after its commit ends as a duplicate', async () => {
    await using mirror = await openMirror();
    const processor = mirror.start();
    await mirror.send(messageOf('twice'), messageOf('twice'));
    await settled(processor, 2);
    expect(processor.status().counts).toMatchObject({ applied: 1, duplicate: 1, deadLettered: 0 });
  });

  test('older than its row is stale, and is settled', async () => {
    await using mirror = await openMirror();
    const processor = mirror.start();
    const older = { sourceVersion: SourceVersion.fromMicros(5n), document: '{"body":"old"}' };
    await mirror.send(messageOf('row'));
    await settled(processor, 1);
    await mirror.send(messageOf('row', older));
    await settled(processor, 2);
    expect(processor.status().counts).toMatchObject({ applied: 1, stale: 1 });
    expect(await mirror.bodies()).toMatchObject({ row: 'body of row' });
  });
});

describe('a message that can never be applied', () => {
  const unreadable = messageOf('x');
  const attributes = unreadable.applicationProperties;

  test.for([
    {
      what: 'a body that is no JSON object',
      message: { ...unreadable, body: 'nonsense' },
      code: 'ContractViolation',
    },
    {
      what: 'a body without a version',
      message: { ...unreadable, body: { messageId: 'x', sourceVersion: null } },
      code: 'ContractViolation',
    },
    {
      what: 'a type that no entity has',
      message: {
        ...unreadable,
        applicationProperties: { ...attributes, cloudEvents_type: 'dm.reaction.create' },
      },
      code: 'UnknownEntity',
    },
    {
      what: 'a contract newer than the writer',
      message: {
        ...unreadable,
        applicationProperties: { ...attributes, cloudEvents_contractversion: 99 },
      },
      code: 'ContractTooNew',
    },
    {
      what: 'a claim check that nobody here can redeem',
      message: messageOf('x', { claimCheck: true, document: null }),
      code: 'ContractViolation',
    },
  ])('is dead-lettered with its code: $what', async ({ message, code }) => {
    await using mirror = await openMirror();
    const processor = mirror.start();
    await mirror.send(message, messageOf('good'));
    await settled(processor, 2);
    expect(await mirror.deadLetters()).toMatchObject([
      { deadLetterReason: code, deliveryCount: 0 },
    ]);
    expect(await mirror.bodies()).toEqual({ good: 'body of good' });
  });

  test('is dead-lettered alone, with what the database said, while its neighbours commit', async () => {
    await using mirror = await openMirror();
    const processor = mirror.start({
      store: {
        apply: (changes) =>
          idsOf(changes).includes('poison')
            ? Promise.reject(new AynaError('SqlRejected', 'value too long for "body"'))
            : mirror.store.apply(changes),
      },
    });
    await mirror.send(...['a', 'b', 'c', 'poison', 'd', 'e'].map((id) => messageOf(id)));
    await settled(processor, 6);
    const [dead, ...others] = await mirror.deadLetters();
    expect(others).toEqual([]);
    expect(dead).toMatchObject({
      deadLetterReason: 'SqlRejected',
      deadLetterErrorDescription: expect.stringMatching(/too long for "body".*replay/) as string,
      body: { messageId: 'poison' },
    });
    expect(Object.keys(await mirror.bodies())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await mirror.waiting()).toEqual([]);
  });
});

describe('a claim check', () => {
  const claimCheck = messageOf('large', { claimCheck: true, document: null });

  test('is redeemed for the document as it stands, with its own version', async () => {
    await using mirror = await openMirror();
    let reads = 0;
    const processor = mirror.start({
      readDocument: (path) => {
        reads += 1;
        if (reads < MAX_DELIVERIES) {
          return Promise.reject(new AynaError('DocumentUnavailable', 'Firestore is away'));
        }
        const version = SourceVersion.fromMicros(1_760_000_000_000_009n);
        return Promise.resolve({ document: JSON.stringify({ body: path }), version });
      },
    });
    await mirror.send(claimCheck);
    await settled(processor, 1);
    expect(await mirror.bodies()).toEqual({ large: 'conversations/c/messages/large' });
    expect(await mirror.deadLetters()).toEqual([]);
  });

  test('of a document that is gone is settled and writes nothing', async () => {
    await using mirror = await openMirror();
    const processor = mirror.start({ readDocument: () => Promise.resolve(undefined) });
    await mirror.send(claimCheck);
    await settled(processor, 1);
    expect(await mirror.bodies()).toEqual({});
    await expect.poll(() => mirror.waiting(), EVENTUALLY).toEqual([]);
    expect(await mirror.deadLetters()).toEqual([]);
  });
});
