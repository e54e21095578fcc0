import {
  AynaError,
  dmMessage,
  entities,
  parseMirrorEvent,
  SourceVersion,
  wireData,
  type DocumentChange,
} from '@ayna/contract';
import { describe, expect, test } from 'vitest';
import { buildEvent, messageIdOf } from '../src/index.ts';

const at = (micros: bigint) => SourceVersion.fromMicros(micros);
const change: DocumentChange = {
  path: 'conversations/c/messages/m',
  before: undefined,
  after: { fields: { body: 'merhaba' }, version: at(1_759_926_840_123_456n) },
  originId: 'firestore-event-1',
  source: '//firestore.googleapis.com/projects/p/databases/(default)',
};
const update = { ...change, before: { fields: { body: 'eski' }, version: at(5n) } };

describe('the event of a change', () => {
  test('is the same however often the change is delivered', () => {
    expect(buildEvent(entities, change)).toEqual(buildEvent(entities, { ...change }));
  });

  test('fits the contract', () => {
    const event = buildEvent(entities, update);
    expect(parseMirrorEvent(entities, event, wireData(event))).toMatchObject({
      operation: 'update',
      entity: { name: dmMessage.name },
      event,
    });
  });

  test('has an id of type, source, origin and entropy', () => {
    const { id } = buildEvent(entities, change);
    expect(id).toMatch(/^dm\.message\.create:\/\/firestore.*:firestore-event-1:[0-9a-f]{12}$/);
  });

  test('is a create, an update or a delete as before and after say', () => {
    expect(buildEvent(entities, change).type).toBe('dm.message.create');
    expect(buildEvent(entities, update).type).toBe('dm.message.update');
    expect(buildEvent(entities, { ...update, after: undefined, deletedAt: at(9n) })).toMatchObject({
      type: 'dm.message.delete',
      data: { document: null, previousDocument: '{"body":"eski"}', sourceVersion: at(9n) },
    });
  });

  test('gives a delete a version above the state it deleted, whatever its clock says', () => {
    const deleted = { ...update, after: undefined };
    expect(buildEvent(entities, { ...deleted, deletedAt: at(5n) }).data.sourceVersion).toEqual(
      at(6n),
    );
    expect(buildEvent(entities, { ...deleted, deletedAt: at(1n) }).data.sourceVersion).toEqual(
      at(6n),
    );
  });

  test('has a messageId of its own for every version and every replay, and else the same', () => {
    const event = buildEvent(entities, change);
    const replay = { ...event, data: { ...event.data, attempt: 2 } };
    const later = buildEvent(entities, { ...update, after: { fields: {}, version: at(7n) } });
    expect(new Set([event, replay, later].map(messageIdOf)).size).toBe(3);
    expect(messageIdOf(event)).toBe(messageIdOf(buildEvent(entities, change)));
  });

  test('of a repair carries the version it replaces, and is no duplicate of the original', () => {
    const original = buildEvent(entities, change);
    const repair = (originId: string) =>
      buildEvent(entities, { ...change, originId, replaces: at(9n) }, 'repair');
    const first = repair('check-1');
    expect(first.data).toMatchObject({ replacesVersion: at(9n), syncSource: 'repair' });
    expect(original.data.replacesVersion).toBeNull();
    const ids = [original, first, repair('check-2'), repair('check-2')].map(messageIdOf);
    expect(new Set(ids).size).toBe(3);
  });

  test('is a delete when a document was never seen, but found to be missing', () => {
    const surplus = { ...change, after: undefined };
    expect(buildEvent(entities, { ...surplus, deletedAt: at(9n) })).toMatchObject({
      type: 'dm.message.delete',
      data: { document: null, previousDocument: null, sourceVersion: at(9n) },
    });
    expect(() => buildEvent(entities, surplus)).toThrow(
      expect.objectContaining({ code: 'ContractViolation' }),
    );
  });

  test('is refused for a document that no entity mirrors', () => {
    expect(() => buildEvent(entities, { ...change, path: 'elsewhere/x' })).toThrow(AynaError);
  });
});
