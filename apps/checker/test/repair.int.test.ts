import {
  checkMirror,
  repairMirror,
  type CheckSummary,
  type RepairSummary,
} from '@ayna/consistency';
import { entities } from '@ayna/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openWholeMirror, type WholeMirror } from './whole-mirror.ts';

let mirror: WholeMirror;
beforeAll(async () => {
  mirror = await openWholeMirror();
});
afterAll(() => mirror[Symbol.asyncDispose]());
beforeEach(() => mirror.clear());

const FAR_FUTURE = '9000000000000000000';
const recheck = { pauseMs: 1 };

const check = (): Promise<CheckSummary> => checkMirror({ ...mirror, entities, recheck });
const repair = (): Promise<RepairSummary> =>
  repairMirror({
    ...mirror,
    entities,
    recheck,
    publish: (change) => mirror.repairs.publish(change),
  });

const path = (id: string) => `conversations/c/messages/${id}`;
const where = (id: string) => `WHERE message_id = '${id}'`;

/** Each way to tamper with one row, and what the check must call it. */
const tamperings = {
  none: { statement: () => 'SELECT 1', found: undefined },
  oneCharacter: {
    statement: (id: string) => `UPDATE dm_messages_mirror SET body = body || '.' ${where(id)}`,
    found: 'different',
  },
  jsonChanged: {
    statement: (id: string) => `UPDATE dm_messages_mirror SET media = '[1]' ${where(id)}`,
    found: 'different',
  },
  jsonReordered: {
    statement: (id: string) =>
      `UPDATE dm_messages_mirror SET media = '{"b":2,  "a":1}'::jsonb ${where(id)}`,
    found: undefined,
  },
  deleted: {
    statement: (id: string) => `DELETE FROM dm_messages_mirror ${where(id)}`,
    found: 'missingInSql',
  },
  buried: {
    statement: (id: string) => `UPDATE dm_messages_mirror SET deleted_at = now() ${where(id)}`,
    found: 'missingInSql',
  },
  buriedInTheFuture: {
    statement: (id: string) =>
      `UPDATE dm_messages_mirror SET deleted_at = now(), source_version = ${FAR_FUTURE} ${where(id)}`,
    found: 'missingInSql',
  },
  setBack: {
    statement: (id: string) =>
      `UPDATE dm_messages_mirror SET source_version = source_version - 1 ${where(id)}`,
    found: 'stale',
  },
  setAhead: {
    statement: (id: string) =>
      `UPDATE dm_messages_mirror SET source_version = ${FAR_FUTURE} ${where(id)}`,
    found: 'different',
  },
} as const;
type Tampering = keyof typeof tamperings;

/** Each way to tamper with a row that has no document. */
const surplus = {
  tombstone: { statement: () => 'SELECT 1', found: undefined },
  revived: {
    statement: (id: string) => `UPDATE dm_messages_mirror SET deleted_at = NULL ${where(id)}`,
    found: 'missingInFirestore',
  },
  revivedInTheFuture: {
    statement: (id: string) =>
      `UPDATE dm_messages_mirror SET deleted_at = NULL, source_version = ${FAR_FUTURE} ${where(id)}`,
    found: 'missingInFirestore',
  },
  purged: {
    statement: (id: string) => `DELETE FROM dm_messages_mirror ${where(id)}`,
    found: undefined,
  },
  invented: {
    statement: (id: string) =>
      `INSERT INTO dm_messages_mirror (conversation_id, message_id, body, source_version, event_id, mirrored_at)
       VALUES ('c', '${id}i', 'invented', 0, 'x', now())`,
    found: 'missingInFirestore',
  },
} as const;
type Surplus = keyof typeof surplus;

const namesOf = <Name extends string>(of: Readonly<Record<Name, unknown>>) =>
  fc.constantFrom(...(Object.keys(of) as Name[]));

describe('any tampering with any rows', () => {
  test('is found exactly, no more and no less, and repaired to nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(namesOf(tamperings), { maxLength: 12 }),
        fc.array(namesOf(surplus), { maxLength: 6 }),
        async (live: Tampering[], dead: Surplus[]) => {
          await mirror.clear();
          const expected: Record<string, string> = {};
          for (const [at, tampering] of live.entries()) {
            await mirror.write(path(`l${at}`), { body: `body ${at}`, media: { a: 1, b: 2 } });
            const { found } = tamperings[tampering];
            if (found) expected[path(`l${at}`)] = found;
          }
          for (const [at, tampering] of dead.entries()) {
            await mirror.write(path(`d${at}`), { body: 'short-lived' });
            await mirror.write(path(`d${at}`), undefined);
            const { found } = surplus[tampering];
            if (found) expected[path(tampering === 'invented' ? `d${at}i` : `d${at}`)] = found;
          }
          await mirror.settled();
          expect((await check()).total).toMatchObject({ checked: live.length, driftPercent: 0 });

          for (const [at, name] of live.entries()) {
            await mirror.tamper(tamperings[name].statement(`l${at}`));
          }
          for (const [at, name] of dead.entries()) {
            await mirror.tamper(surplus[name].statement(`d${at}`));
          }
          const summary = await repair();
          const found = summary.entities.flatMap(({ examples }) => examples);
          expect(Object.fromEntries(found.map((each) => [each.path, each.kind]))).toEqual(expected);
          const count = Object.keys(expected).length;
          expect(summary.repair).toMatchObject({ published: count, repaired: count, failed: 0 });

          expect((await check()).total).toMatchObject({ checked: live.length, driftPercent: 0 });
        },
      ),
      { numRuns: 25 },
    );
    expect(mirror.deadLettered()).toBe(0);
  });
});
