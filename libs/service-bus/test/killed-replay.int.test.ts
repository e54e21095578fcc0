import type { ServiceBusClient, ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDeadLetters, type AuditRecord } from '../src/index.ts';
import { events, openLetters, SUBSCRIPTION, TOPIC } from './dead-letters-under-test.ts';

type Step = 'send' | 'audit' | 'complete';

/** Where a run is killed: around the nth call of a step, before or after it took effect. */
interface Kill {
  readonly step: Step;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** Lets a step happen until the kill; from then on nothing happens any more. */
function killer({ step, nth, when }: Kill) {
  let calls = 0;
  let dead = false;
  return async <T>(at: Step | 'any', work: () => Promise<T>): Promise<T> => {
    const now = at === step && (calls += 1) === nth;
    dead ||= now && when === 'before';
    if (dead) throw new Error('killed');
    const result = await work();
    dead ||= now;
    if (now) throw new Error('killed');
    return result;
  };
}

/** An object some of whose methods go through something else. */
function intercepted<T extends object>(target: T, methods: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(real, name) {
      if (typeof name === 'string' && name in methods) return methods[name];
      const value: unknown = Reflect.get(real, name);
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
  });
}

function mortalClient(
  client: ServiceBusClient,
  guard: ReturnType<typeof killer>,
): ServiceBusClient {
  const mortalSender = (sender: ServiceBusSender) =>
    intercepted(sender, {
      sendMessages: (messages: Parameters<ServiceBusSender['sendMessages']>[0]) =>
        guard('send', () => sender.sendMessages(messages)),
    });
  const mortalReceiver = (receiver: ServiceBusReceiver) =>
    intercepted(receiver, {
      completeMessage: (message: Parameters<ServiceBusReceiver['completeMessage']>[0]) =>
        guard('complete', () => receiver.completeMessage(message)),
      abandonMessage: (message: Parameters<ServiceBusReceiver['abandonMessage']>[0]) =>
        guard('any', () => receiver.abandonMessage(message)),
    });
  return intercepted(client, {
    createSender: (topic: string) => mortalSender(client.createSender(topic)),
    createReceiver: (...args: Parameters<ServiceBusClient['createReceiver']>) =>
      mortalReceiver(client.createReceiver(...args)),
  });
}

const kills = fc.record({
  step: fc.constantFrom<Step>('send', 'audit', 'complete'),
  nth: fc.integer({ min: 1, max: 6 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

test('replays that are killed at any step and run again lose and double nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(kills, { minLength: 1, maxLength: 3 }),
      async (count, plan) => {
        await using t = await openLetters(300);
        const all = events(count);
        await t.bury(all);
        const audited: AuditRecord[] = [];
        const record = (records: readonly AuditRecord[]) => {
          audited.push(...records);
          return Promise.resolve();
        };
        // Small chunks, so that a kill falls between them too.
        const options = { by: 'test', rate: 20, patienceMs: 30_000 };
        for (const kill of plan) {
          const guard = killer(kill);
          const { client } = t.operator();
          const letters = openDeadLetters({
            client: mortalClient(client, guard),
            topic: TOPIC,
            subscription: SUBSCRIPTION,
          });
          const audit = (records: readonly AuditRecord[]) => guard('audit', () => record(records));
          await letters.replay({ ...options, audit }).catch(() => undefined);
          await client.close();
        }
        await t.letters.replay({ ...options, audit: record });

        const eventIds = all.map((one) => String(one.applicationProperties?.cloudEvents_id)).sort();
        const delivered = await t.delivered();
        expect(
          delivered.map((one) => String(one.applicationProperties?.cloudEvents_id)).sort(),
        ).toEqual(eventIds);
        expect(await t.all()).toEqual([]);
        // Every replay that went out is in the audit, once for each message id it had.
        const audits = new Map(audited.map((one) => [one.newMessageId, one.eventId]));
        expect([...audits.values()].sort()).toEqual(eventIds);
        for (const { messageId } of delivered) expect(audits.has(String(messageId))).toBe(true);
      },
    ),
    { numRuns: 12 },
  );
});

test('a broker that goes away in the middle ends the run with its code', async () => {
  await using t = await openLetters();
  await t.bury(events(50));
  const audit = () => t.broker.close();
  await expect(t.letters.replay({ ...t.run, rate: 20, audit })).rejects.toMatchObject({
    code: 'BrokerUnavailable',
  });
});
