import * as fc from 'fast-check';
import type { ChangeFrame } from '@ayna/contract/realtime';
import { expect, test } from 'vitest';
import { memoryStorage, RealtimeClient } from '../src/index.ts';
import { manualClock } from './manual-clock.ts';
import { change, opened, scriptedHub } from './scripted-hub.ts';

/** What may happen between a hub and a client; numbers say of how much. */
const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), many: fc.nat(6) }) },
  fc.record({ kind: fc.constant('repeat' as const), back: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    kind: fc.constant('end' as const),
    code: fc.constantFrom(1001, 1006, 1011, 4402, 4408),
  }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(70_000) }),
  fc.constant({ kind: 'reload' as const }),
  fc.constant({ kind: 'appIsDone' as const }),
);
/** The log: for each place the document and its version, in any order of versions. */
const log = fc.array(
  fc.record({
    document: fc.constantFrom('a', 'b', 'c'),
    version: fc.integer({ min: 1, max: 120 }),
  }),
  { minLength: 10, maxLength: 60 },
);

test('whatever is cut, repeated, late or reloaded, each page is told every change that is no older than what it knows, once', async () => {
  await fc.assert(
    fc.asyncProperty(
      log,
      fc.array(event, { maxLength: 40 }),
      fc.boolean(),
      async (rows, events, slow) => {
        const places = rows.map(({ document, version }, at) =>
          change(at + 1, document, version, { late: at % 2 === 0 }),
        );
        const clock = manualClock();
        const storage = memoryStorage();
        await storage.setItem('ayna.realtime.ada/cursor', 'e.0');
        const hub = scriptedHub();
        /** What each page was told, and where it began. */
        const pages: { from: number; told: ChangeFrame[] }[] = [];
        let waiting: (() => void)[] = [];
        const open = () => {
          const told: ChangeFrame[] = [];
          pages.push({ from: -1, told });
          waiting = [];
          return new RealtimeClient({
            userId: 'ada',
            url: 'wss://hub.test/realtime',
            token: () => Promise.resolve('token'),
            storage,
            WebSocket: hub.WebSocket,
            clock,
            limits: { maxWaiting: 8 },
            onReset: () => expect.unreachable('every cursor of this log can be resumed'),
            onChange: (frame) => {
              told.push(frame);
              return slow ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined;
            },
          });
        };
        let client = open();
        /** The connection that is let in, and the place up to which it has been sent everything. */
        let socket: ReturnType<typeof hub.socket> | undefined;
        let sent = 0;
        const join = () => {
          const newest = hub.sockets.at(-1);
          if (!newest || newest === socket || newest.isClosedByClient) return;
          socket = newest;
          const { cursor = '' } = newest.accept();
          sent = Number(cursor.slice(2));
          const page = pages.at(-1);
          if (page && page.from < 0) page.from = sent;
          newest.push(opened(cursor), { type: 'live', cursor });
        };
        const push = (many: number) => {
          if (!socket || socket.isClosedByClient) return;
          socket.push(...places.slice(sent, sent + many));
          sent = Math.min(places.length, sent + many);
        };
        /** Of what this page was sent: what it never knew, it could not know again. */
        const repeat = (back: number) => {
          const from = Math.max(pages.at(-1)?.from ?? 0, sent - back);
          if (from >= 0) socket?.push(...places.slice(from, sent));
        };
        const appIsDone = async () => {
          for (const resolve of waiting.splice(0)) resolve();
          await clock.advance(0);
        };
        for (const one of events) {
          await clock.advance(one.kind === 'time' ? one.ms : 0);
          join();
          if (one.kind === 'push') push(one.many);
          else if (one.kind === 'repeat') repeat(one.back);
          else if (one.kind === 'end') socket?.end(one.code);
          else if (one.kind === 'appIsDone') await appIsDone();
          else if (one.kind === 'reload') {
            client.close();
            await clock.advance(0);
            client = open();
          }
        }
        for (let round = 0; round < 400; round += 1) {
          await appIsDone();
          await clock.advance(500);
          join();
          push(3);
        }
        client.close();

        const all: ChangeFrame[] = pages.flatMap(({ told }) => told);
        for (const { from, told } of pages) {
          if (told.length === 0) continue;
          const last = Number(told.at(-1)?.cursor.slice(2));
          expect(told).toEqual(newestOnly(places.slice(from, last)));
        }
        const end = pages.at(-1);
        expect(end?.told).toEqual(newestOnly(places.slice(end?.from)));
        // Pages that are not waited for begin where the one before has ended.
        if (!slow) expect(new Set(all.map(({ cursor }) => cursor)).size).toBe(all.length);
      },
    ),
    { numRuns: 100 },
  );
});

/** The changes that are newer than every one before of the same document. */
function newestOnly(changes: readonly ChangeFrame[]): ChangeFrame[] {
  const newest = new Map<string, number>();
  return changes.filter(({ key, version }) => {
    const document = key.messageId ?? '';
    if (Number(version) <= (newest.get(document) ?? 0)) return false;
    newest.set(document, Number(version));
    return true;
  });
}
