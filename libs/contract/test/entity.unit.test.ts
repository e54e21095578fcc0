import { describe, expect, test } from 'vitest';
import {
  defineEntity,
  documentPath,
  entities,
  entityOfType,
  field,
  locateDocument,
  snakeCase,
} from '../src/index.ts';

const definition = {
  name: 'user.profile',
  path: 'profiles/{userId}',
  functionName: 'mirrorUserProfiles',
  table: 'UserProfilesMirror',
  procedures: {
    upsert: 'sp_UpsertUserProfile',
    delete: 'sp_DeleteUserProfile',
    purge: 'sp_PurgeUserProfile',
  },
  fields: { displayName: field.text() },
};

describe('an entity', () => {
  test('is found by the path of its documents, with the key', () => {
    expect(locateDocument(entities, 'conversations/c 1/messages/ö')).toMatchObject({
      entity: { name: 'dm.message' },
      key: { conversationId: 'c 1', messageId: 'ö' },
    });
    expect(locateDocument(entities, 'conversations/c')).toMatchObject({
      entity: { name: 'dm.conversation' },
    });
    expect(locateDocument(entities, 'conversations/c/messages')).toBeUndefined();
    expect(locateDocument(entities, 'follows/a/targets/b/more/c')).toBeUndefined();
    expect(locateDocument(entities, 'elsewhere/a')).toBeUndefined();
  });

  test('is found by its event types and by no other', () => {
    expect(entityOfType(entities, 'dm.conversation.delete')).toMatchObject({ operation: 'delete' });
    expect(entityOfType(entities, 'dm.message.created')).toBeUndefined();
    expect(entityOfType(entities, 'dm.create')).toBeUndefined();
    expect(entityOfType(entities, 'constructor')).toBeUndefined();
  });

  test('formats a path back from its key', () => {
    const path = documentPath('follows/{userId}/targets/{targetId}');
    expect(path.format({ userId: 'a', targetId: 'b' })).toBe('follows/a/targets/b');
  });

  test.for([
    ['a path that names a collection', { path: 'profiles' }],
    ['a parameter where a collection belongs', { path: '{a}/{b}' }],
    ['two parameters of one name', { path: 'a/{x}/b/{x}' }],
    ['a field that is a column of every mirror table', { fields: { eventId: field.text() } }],
    ['a field named as a key, in another case', { fields: { userID: field.text() } }],
    ['a field name that cannot be a column', { fields: { 'a-b': field.text() } }],
    ['a table name that cannot be one', { table: 'x; drop table y' }],
    ['an index over an unknown column', { indexes: [['nothing']] }],
    ['a column of users that it does not have', { users: ['nobody'] }],
    ['users in a column that can hold none', { fields: { on: field.boolean() }, users: ['on'] }],
    [
      'a field without a kind, as JavaScript lets one write it',
      { fields: { on: 'text' as never } },
    ],
    ['an event type without a namespace', { name: 'profile' }],
  ] as const)('refuses %s', ([, change]) => {
    expect(() => defineEntity({ ...definition, ...change })).toThrow(TypeError);
  });

  test('has names in snake_case for PostgreSQL', () => {
    expect(snakeCase('sp_StoreMirror_UpsertDmMessage')).toBe('sp_store_mirror_upsert_dm_message');
    expect(snakeCase('lastMessageAuthorId')).toBe('last_message_author_id');
    expect(snakeCase('DmMessagesMirror')).toBe('dm_messages_mirror');
  });
});
