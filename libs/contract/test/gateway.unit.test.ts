import { dmConversation, dmMessage, followEdge } from '../src/index.ts';
import {
  documentId,
  ensureFollowRequest,
  ensureMessageRequest,
  listMessagesRequest,
  MAX_PAGE_LIMIT,
  mirroredConversation,
  mirroredFollow,
  mirroredMessage,
} from '../src/gateway/index.ts';
import { describe, expect, test } from 'vitest';

describe('the requests and responses of the gateway', () => {
  test.each([
    [dmConversation, mirroredConversation],
    [dmMessage, mirroredMessage],
    [followEdge, mirroredFollow],
  ])('a row that clients read has what its entity has: $name', (entity, schema) => {
    const columns = [...entity.key, ...Object.keys(entity.fields), 'sourceVersion'];
    expect(Object.keys(schema.shape).toSorted()).toEqual(columns.toSorted());
    const row = Object.fromEntries([
      ...entity.key.map((name) => [name, 'id'] as const),
      ...Object.keys(entity.fields).map((name) => [name, null] as const),
    ]);
    expect(schema.safeParse({ ...row, sourceVersion: '1' }).success).toBe(true);
  });

  test.each(['a', 'ö', 'a b', "'; DROP TABLE x; --", '%', '_', '__a', 'x'.repeat(1_500)])(
    'takes the id of a document: %s',
    (id) => {
      expect(documentId.safeParse(id).success).toBe(true);
    },
  );

  test.each([
    '',
    '.',
    '..',
    'a/b',
    '__a__',
    'a\0',
    '\ud800',
    'x'.repeat(1_501),
    'ö'.repeat(751),
    7,
    null,
    ['a'],
    { $ne: '' },
  ])('refuses what is no id: %j', (id) => {
    expect(documentId.safeParse(id).success).toBe(false);
  });

  test('refuses content beside the ids, and names it', () => {
    const ids = { conversationId: 'c', messageId: 'm' };
    expect(ensureMessageRequest.safeParse({ ...ids, writtenAtMs: 1 }).success).toBe(true);
    const refused = ensureMessageRequest.safeParse({ ...ids, body: 'forged' });
    expect(refused.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['body'] }]);
    expect(ensureFollowRequest.safeParse({ targetId: 't' }).success).toBe(false);
  });

  test('gives no page larger than the limit', () => {
    const withLimit = (limit: number) =>
      listMessagesRequest.safeParse({ conversationId: 'c', limit }).success;
    expect([0, 1, MAX_PAGE_LIMIT, MAX_PAGE_LIMIT + 1, 1.5].map(withLimit)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});
