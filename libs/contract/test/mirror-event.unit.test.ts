import { describe, expect, test } from 'vitest';
import {
  AynaError,
  CONTRACT_VERSION,
  encodeDocument,
  entities,
  mirrorChange,
  parseMirrorEvent,
  SourceVersion,
  TimestampValue,
  wireData,
} from '../src/index.ts';

const attributes = {
  specversion: '1.0',
  id: 'dm.message.update:src:1:abc',
  type: 'dm.message.update',
  source: '//firestore.googleapis.com/projects/p/databases/(default)',
  subject: 'conversations/c/messages/m',
  time: '2025-10-08T12:34:00.123456Z',
  contractversion: CONTRACT_VERSION,
};
const data = {
  operation: 'update',
  conversationId: 'c',
  messageId: 'm',
  sourceVersion: '1759926840123456',
  replacesVersion: null,
  document: encodeDocument({
    authorId: 'a',
    body: 'hi\0',
    createdAt: new TimestampValue(1, 5_000),
  }),
  previousDocument: null,
  occurredAt: '2025-10-08T12:34:00.123456Z',
  attempt: 1,
};
const parse = (changes: object = {}, attributeChanges: object = {}) =>
  parseMirrorEvent(entities, { ...attributes, ...attributeChanges }, { ...data, ...changes });
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof AynaError ? error.code : error;
  }
  return undefined;
};

describe('an event from the wire', () => {
  test('comes back as it was sent', () => {
    const { event } = parse();
    expect(parse(wireData(event))).toEqual(parse());
    const repair = parse({ replacesVersion: '9223372036854775807' });
    expect(parse(wireData(repair.event))).toEqual(repair);
  });

  test('of a repair tells which version of the row it replaces, and no other event does', () => {
    const replaces = SourceVersion.parse('9223372036854775807');
    expect(mirrorChange(parse({ replacesVersion: replaces.toString() }))).toMatchObject({
      replaces,
    });
    expect(mirrorChange(parse())).not.toHaveProperty('replaces');
    expect(mirrorChange(parse({ replacesVersion: undefined }))).not.toHaveProperty('replaces');
  });

  test('of version 1 of the contract becomes one of this version, which replaces nothing', () => {
    const { replacesVersion, ...version1 } = data;
    const upcast = parseMirrorEvent(entities, { ...attributes, contractversion: 1 }, version1);
    expect(upcast).toEqual(parse({ replacesVersion }));
    expect(upcast.event.contractversion).toBe(CONTRACT_VERSION);
    const strange = { ...version1, replacesVersion: '5' };
    expect(parseMirrorEvent(entities, { ...attributes, contractversion: 1 }, strange)).toEqual(
      upcast,
    );
    for (const nonsense of ['text', null, 7, undefined]) {
      expect(
        codeOf(() => parseMirrorEvent(entities, { ...attributes, contractversion: 1 }, nonsense)),
      ).toBe('ContractViolation');
    }
  });

  test('is projected onto its row', () => {
    expect(mirrorChange(parse())).toMatchObject({
      key: { conversationId: 'c', messageId: 'm' },
      columns: {
        authorId: 'a',
        body: 'hi\u2400',
        media: null,
        createdAt: '1970-01-01T00:00:01.000005Z',
        updatedAt: null,
      },
      retryCount: 0,
    });
  });

  test.for([
    ['a missing version', { sourceVersion: undefined }],
    ['a version that is no number', { sourceVersion: 'x' }],
    ['a version as a JSON number, which may have lost digits', { sourceVersion: 1 }],
    ['a replaced version that is no number', { replacesVersion: 'x' }],
    ['a replaced version as a JSON number', { replacesVersion: 1 }],
    ['a key that is not the subject', { messageId: 'other' }],
    ['a missing key', { messageId: undefined }],
    ['an update without a document', { document: null }],
    ['an operation that is not its type', { operation: 'create' }],
    ['attempt 0', { attempt: 0 }],
  ] as const)('is refused as ContractViolation with %s', ([, changes]) => {
    expect(codeOf(() => parse(changes))).toBe('ContractViolation');
  });

  test('is refused saying so when its contract is newer than ours', () => {
    expect(codeOf(() => parse({}, { contractversion: CONTRACT_VERSION + 1 }))).toBe(
      'ContractTooNew',
    );
  });

  test('is refused saying so when no entity has its type', () => {
    expect(codeOf(() => parse({}, { type: 'dm.reaction.create' }))).toBe('UnknownEntity');
  });

  test('names the field whose value is of a wrong kind', () => {
    const typed = parse({ document: encodeDocument({ createdAt: 'yesterday' }) });
    expect(() => mirrorChange(typed)).toThrow(
      'dm.message: the field "createdAt" is a string, expected a timestamp',
    );
  });

  test('is refused when its key cannot be indexed by every store', () => {
    const id = 'k'.repeat(1_601);
    const typed = parse({ messageId: id }, { subject: `conversations/c/messages/${id}` });
    expect(() => mirrorChange(typed)).toThrow('at most 1600 can be indexed');
    const nul = parse({ messageId: '\0' }, { subject: 'conversations/c/messages/\0' });
    expect(() => mirrorChange(nul)).toThrow('messageId holds a character');
  });
});
