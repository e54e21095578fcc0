import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEvent } from '../src/log/log-event.ts';
import { conversation, message, openLog, type LogUnderTest } from './log-under-test.ts';

let under: LogUnderTest;
beforeAll(async () => {
  under = await openLog();
});
afterAll(() => under[Symbol.asyncDispose]());

const USERS = ['ann', 'bob', 'cid'] as const;
const RUNS = Number(process.env.AYNA_PROPERTY_RUNS ?? 40);

/** What happens in one of two conversations; its place in the history is its version. */
const happening = fc.record({
  conversationId: fc.constantFrom('c', 'd'),
  what: fc.oneof(
    { weight: 3, arbitrary: fc.record({ messageId: fc.constantFrom('m1', 'm2', 'm3') }) },
    { weight: 1, arbitrary: fc.record({ members: fc.subarray([...USERS]) }) },
  ),
});

const history = fc
  .array(happening, { minLength: 1, maxLength: 30 })
  .map((happenings): LogEvent[] => [
    conversation('c', 1, ['ann', 'bob']),
    conversation('d', 2, ['bob', 'cid']),
    ...happenings.map(({ conversationId, what }, at) =>
      'members' in what
        ? conversation(conversationId, 3 + at, what.members)
        : message(conversationId, what.messageId, 3 + at),
    ),
  ]);

/** A history, the order in which it arrives with repetitions, and how it falls into batches. */
const arrivals = history.chain((events) =>
  fc.record({
    events: fc.constant(events),
    order: fc.shuffledSubarray([...events, ...events], {
      minLength: events.length * 2,
      maxLength: events.length * 2,
    }),
    batch: fc.integer({ min: 1, max: 10 }),
  }),
);

/** Who may see each change, by the plainest reading of the rules. */
function modelOf(events: readonly LogEvent[]): { event: LogEvent; audience: string[] }[] {
  const members = new Map<string, readonly string[]>();
  return events.map((event) => {
    const id = event.conversationId ?? '';
    if (event.members) members.set(id, event.members);
    return { event, audience: [...(members.get(id) ?? [])].sort() };
  });
}

test('however changes arrive within the window, each is told once, in the order of versions, to those who took part then', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ events, order, batch }) => {
      await under.empty();
      for (let at = 0; at < order.length; at += batch) {
        await under.log.append(order.slice(at, at + batch));
      }
      await Promise.all([under.log.sequence(0), under.log.sequence(0)]);
      const { rows } = await under.log.readAfter(0, 1_000);
      expect(rows.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
      expect(rows.map(({ frame, audience }) => ({ frame, audience: audience.toSorted() }))).toEqual(
        modelOf(events).map(({ event, audience }) => ({ frame: event.frame, audience })),
      );
      expect(rows.some(({ late }) => late)).toBe(false);
    }),
    { numRuns: RUNS },
  );
});

test('whatever arrives in whatever parts is told once, and no document goes back to an older state', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ events, order, batch }) => {
      await under.empty();
      for (let at = 0; at < order.length; at += batch) {
        await under.log.append(order.slice(at, at + batch));
        await under.log.sequence(0);
      }
      // The first parts may have waited for their conversation.
      await under.log.sequence(0);
      const { rows } = await under.log.readAfter(0, 1_000);
      const frames = rows.map(({ frame }) => frame);
      expect(new Set(frames).size).toBe(frames.length);
      const versionOf = new Map(events.map((event) => [event.frame + event.path, event]));
      expect(versionOf.size).toBeGreaterThan(0);
      const newest = new Map(events.map((event) => [event.path, event.frame]));
      for (const frame of newest.values()) expect(frames).toContain(frame);
      for (const [path, last] of newest) {
        const told = events.filter((event) => event.path === path).map((event) => event.frame);
        const seen = frames.filter((frame) => told.includes(frame));
        expect(seen).toEqual(told.filter((frame) => seen.includes(frame)));
        expect(seen.at(-1)).toBe(last);
      }
    }),
    { numRuns: RUNS },
  );
});

test('from any cursor, and in pages of any size, a user is sent what came after it, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.constantFrom(...USERS),
      fc.nat(),
      fc.integer({ min: 1, max: 7 }),
      async (events, user, cut, page) => {
        await under.empty();
        await under.log.append(events);
        await under.log.sequence(0);
        const from = cut % (events.length + 1);
        const sent: { frame: string; removed: boolean }[] = [];
        for (let after = from; ;) {
          const { rows } = await under.log.replay(user, after, events.length, page);
          sent.push(...rows);
          if (rows.length < page) break;
          after = rows.at(-1)?.sequence ?? after;
        }
        const told = modelOf(events);
        const now = new Map(
          told.map(({ event, audience }) => [event.conversationId, audience] as const),
        );
        const expected = told.slice(from).flatMap(({ event, audience }) => {
          const still = now.get(event.conversationId)?.includes(user) === true;
          return audience.includes(user) && still ? [event.frame] : [];
        });
        expect(sent.filter(({ removed }) => !removed).map(({ frame }) => frame)).toEqual(expected);
      },
    ),
    { numRuns: RUNS },
  );
});
