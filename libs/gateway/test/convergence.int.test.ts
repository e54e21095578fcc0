import {
  dmConversation,
  dmMessage,
  followEdge,
  projectFields,
  SourceVersion,
  type Entity,
  type MirrorChange,
} from '@ayna/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGatewayUnderTest, refusalOf, type GatewayUnderTest } from './gateway-under-test.ts';
import { sqlServers } from './sql-servers.ts';
import { keepTriggerEvents, type TriggerDeliveries } from './trigger-deliveries.ts';

/** How often a client writes a document and calls the gateway for it. */
const DUAL_WRITES = 10_000;
/** PGlite runs the same SQL as PostgreSQL, and takes twice as long. */
const DUAL_WRITES_PGLITE = 2_000;
const WRITES = 200;
const DOCUMENTS = 12;
const LANES = 4;

/** One write of a client: to which document, and when its two ways to SQL are taken. */
interface DualWrite {
  readonly document: number;
  readonly deletes: boolean;
  /** By how many writes of the lane the dual write and the trigger come later. */
  readonly ensureAfter: number;
  readonly deliverAfter: number;
  readonly again: boolean;
}

const lag = fc.oneof(fc.constant(0), fc.nat(2), fc.nat(60));
const dualWrite: fc.Arbitrary<DualWrite> = fc.record({
  document: fc.nat(DOCUMENTS - 1),
  deletes: fc.boolean(),
  ensureAfter: lag,
  deliverAfter: lag,
  again: fc.boolean(),
});

interface Place {
  readonly entity: Entity;
  readonly key: Readonly<Record<string, string>>;
}

/** A document of one of the entities; the message's conversation is always there. */
function placeOf(history: number, document: number): Place {
  const id = `h${history}d${document}`;
  const places: Place[] = [
    { entity: dmMessage, key: { conversationId: 'stays', messageId: id } },
    { entity: followEdge, key: { userId: 'ali', targetId: id } },
    { entity: dmConversation, key: { conversationId: id } },
  ];
  return places[document % places.length] ?? { entity: dmMessage, key: {} };
}

const ali = { userId: 'ali' };

describe.each(sqlServers())('on %s, dual writes and triggers', (name, startSql) => {
  const dualWrites = name === 'PGlite' ? DUAL_WRITES_PGLITE : DUAL_WRITES;
  let mirror: GatewayUnderTest;
  let triggers: TriggerDeliveries;
  beforeAll(async () => {
    mirror = await openGatewayUnderTest(startSql);
    triggers = keepTriggerEvents(mirror.emulator);
    await mirror.firestore.doc('conversations/stays').set({ ownerId: 'ali' });
  });
  afterAll(() => mirror[Symbol.asyncDispose]());

  const ensure = async ({ entity, key }: Place): Promise<object> => {
    const { gateway } = mirror;
    const { conversationId = '', messageId = '', userId = '', targetId = '' } = key;
    if (entity === dmMessage) {
      return gateway.sqlGatewayEnsureMessage(ali, { conversationId, messageId });
    }
    if (entity === followEdge) return gateway.sqlGatewayEnsureFollow(ali, { userId, targetId });
    // Of a conversation that neither Firestore nor SQL has nobody takes part in.
    return refusalOf(gateway.sqlGatewayEnsureConversation(ali, { conversationId }));
  };

  /** Does the writes of some documents one by one, and what follows them when its time has come. */
  const runLane = async (history: number, writes: readonly DualWrite[]) => {
    const last = new Map<number, { change: MirrorChange | undefined; at: SourceVersion }>();
    const due: { at: number; run: () => Promise<unknown> }[] = [];
    let ensured = 0;
    for (let at = 0; at < writes.length || due.length > 0; at += 1) {
      const write = writes[at];
      if (write) {
        const place = placeOf(history, write.document);
        const path = place.entity.path.format(place.key);
        const document = mirror.firestore.doc(path);
        const deletes = write.deletes && last.get(write.document)?.change !== undefined;
        const fields = fieldsOf(place.entity, at);
        const result = deletes ? await document.delete() : await document.set(fields);
        const { seconds, nanoseconds } = result.writeTime;
        const version = SourceVersion.fromTimestamp(seconds, nanoseconds);
        const columns = projectFields(place.entity, fields);
        const change = { ...place, sourceVersion: version, columns } as MirrorChange;
        last.set(write.document, { change: deletes ? undefined : change, at: version });
        const callGateway = async () => {
          await ensure(place);
          ensured += 1;
        };
        const deliver = async () => mirror.store.apply([await triggers.eventOf(path, result)]);
        due.push({ at: at + write.ensureAfter, run: callGateway });
        due.push({ at: at + write.deliverAfter, run: deliver });
        if (write.again) due.push({ at: at + 2 * write.deliverAfter, run: deliver });
      }
      const now = due.filter((each) => each.at <= at);
      due.splice(0, due.length, ...due.filter((each) => each.at > at));
      await Promise.all(now.map(({ run }) => run()));
    }
    return { last, ensured };
  };

  test(`end in the rows that Firestore has, whichever comes first, ${dualWrites} times over`, async () => {
    let history = 0;
    let ensured = 0;
    const histories = fc.array(dualWrite, { minLength: WRITES, maxLength: WRITES });
    await fc.assert(
      fc.asyncProperty(histories, async (writes) => {
        history += 1;
        const lanes = Array.from({ length: LANES }, (__, lane) =>
          writes.filter(({ document }) => document % LANES === lane),
        );
        const run = history;
        const done = await Promise.all(lanes.map((lane) => runLane(run, lane)));
        for (const { last, ensured: calls } of done) {
          ensured += calls;
          for (const [document, { change, at }] of last) {
            const { entity, key } = placeOf(run, document);
            const row = await mirror.store.read(entity, key);
            if (change) {
              expect(row).toMatchObject({ columns: change.columns, deletedAt: null });
              expect(row?.sourceVersion).toEqual(at);
            } else {
              expect(row?.columns).toBeNull();
              expect(row?.sourceVersion.compare(at)).toBeGreaterThanOrEqual(0);
            }
          }
        }
      }),
      { numRuns: dualWrites / WRITES, endOnFailure: true },
    );
    expect(ensured).toBe(dualWrites);
  }, 1_200_000);
});

/** Different with every write: what changes nothing triggers nothing. */
function fieldsOf(entity: Entity, at: number): Record<string, unknown> {
  const updatedAt = new Date(at);
  if (entity === dmMessage) return { authorId: 'ali', body: `body ${at}`, updatedAt };
  if (entity === followEdge) return { edgeType: `type ${at}`, updatedAt };
  return { ownerId: 'ali', lastMessagePreview: `preview ${at}`, updatedAt };
}
