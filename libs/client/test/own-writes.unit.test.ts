import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OwnWrites, type OwnChange } from '../src/read/own-writes.ts';
import type { MessageRow } from '../src/read/row-kind.ts';
import { messageKind } from '../src/read/sql-mirror-message-repository.ts';
import { manualClock } from './manual-clock.ts';

const LIST = 'conversations/c/messages';
const rowOf = (messageId: string, body: string, at = '1'): MessageRow => ({
  ...{ conversationId: 'c', messageId, authorId: 'ada', body, media: null },
  ...{ createdAt: `2026-11-21T10:00:0${at}.000000Z`, updatedAt: null },
});

describe('the writes of the user', () => {
  test('are shown at once, before Firestore has them, and go when Firestore refuses', () => {
    const writes = new OwnWrites(messageKind, manualClock());
    const write = writes.begin(LIST, 'm', { kind: 'set', row: rowOf('m', 'hi') });
    expect(writes.merge(LIST, [])).toEqual([rowOf('m', 'hi')]);
    expect(writes.merge('another list', [])).toEqual([]);
    write.refused();
    expect(writes.merge(LIST, [])).toEqual([]);
  });

  test('stay while SQL does not have them, and give way to SQL as soon as it has', () => {
    const clock = manualClock();
    const writes = new OwnWrites(messageKind, clock);
    writes.begin(LIST, 'm', { kind: 'set', row: rowOf('m', 'hi') }, ['createdAt']).acknowledged();
    writes.seen(LIST, [], clock.elapsed());
    expect(writes.merge(LIST, [])).toHaveLength(1);
    // SQL has the time of the server; the one shown until now was guessed.
    const inSql = rowOf('m', 'hi', '9');
    writes.seen(LIST, [inSql], clock.elapsed());
    expect(writes.merge(LIST, [inSql])).toEqual([inSql]);
  });

  test('give way to a newer state of SQL once a call has ensured them', async () => {
    const clock = manualClock();
    const writes = new OwnWrites(messageKind, clock);
    writes.begin(LIST, 'm', { kind: 'set', row: rowOf('m', 'mine') }).acknowledged();
    await clock.advance(10);
    writes.ensured(LIST, 'm', clock.elapsed());
    await clock.advance(10);
    const newer = rowOf('m', 'changed by another device');
    writes.seen(LIST, [newer], clock.elapsed());
    expect(writes.merge(LIST, [newer])).toEqual([newer]);
  });

  test('do not give way to a read that began before they were ensured', async () => {
    const clock = manualClock();
    const writes = new OwnWrites(messageKind, clock);
    const begunAt = clock.elapsed();
    await clock.advance(10);
    writes.begin(LIST, 'm', { kind: 'set', row: rowOf('m', 'mine') }).acknowledged();
    writes.ensured(LIST, 'm', clock.elapsed());
    writes.seen(LIST, [], begunAt);
    expect(writes.merge(LIST, [])).toHaveLength(1);
  });

  test('are forgotten after a minute, should SQL never have them', async () => {
    const clock = manualClock();
    const writes = new OwnWrites(messageKind, clock);
    writes.begin(LIST, 'm', { kind: 'set', row: rowOf('m', 'mine') }).acknowledged();
    await clock.advance(61_000);
    writes.seen(LIST, [], clock.elapsed());
    expect(writes.merge(LIST, [])).toEqual([]);
  });

  test('on any rows give each row once, in order, as the last write left it', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const change: fc.Arbitrary<[string, OwnChange<MessageRow>]> = id.chain((key) =>
      fc.oneof(
        fc
          .constantFrom('1', '2', '3')
          .map((at): [string, OwnChange<MessageRow>] => [
            key,
            { kind: 'set', row: rowOf(key, 'set', at) },
          ]),
        fc
          .string()
          .map((body): [string, OwnChange<MessageRow>] => [
            key,
            { kind: 'update', fields: { body } },
          ]),
        fc.constant<[string, OwnChange<MessageRow>]>([key, { kind: 'delete' }]),
      ),
    );
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.array(change, { maxLength: 8 }), (inSql, changes) => {
        const writes = new OwnWrites(messageKind, manualClock());
        const expected = new Map<string, MessageRow>(
          inSql.map((key) => [key, rowOf(key, 'of SQL')]),
        );
        for (const [key, one] of changes) {
          writes.begin(LIST, key, one);
          const known = expected.get(key);
          if (one.kind === 'set') expected.set(key, one.row);
          else if (one.kind === 'delete') expected.delete(key);
          else if (known) expected.set(key, { ...known, ...one.fields });
        }
        const merged = writes.merge(
          LIST,
          inSql.map((key) => rowOf(key, 'of SQL')),
        );
        expect(new Map(merged.map((row) => [row.messageId, row]))).toEqual(expected);
        expect(merged).toHaveLength(expected.size);
        const order = merged.map(({ createdAt, messageId }) => `${createdAt ?? ''}${messageId}`);
        expect(order).toEqual([...order].sort().reverse());
      }),
    );
  });
});
