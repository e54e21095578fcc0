import { defineEntity } from '../entity.ts';
import { field } from '../fields.ts';

export const dmMessage = defineEntity({
  name: 'dm.message',
  path: 'conversations/{conversationId}/messages/{messageId}',
  functionName: 'mirrorDmMessages',
  table: 'DmMessagesMirror',
  procedures: {
    upsert: 'sp_StoreMirror_UpsertDmMessage',
    delete: 'sp_StoreMirror_DeleteDmMessage',
    purge: 'sp_StoreMirror_PurgeDmMessage',
  },
  fields: {
    authorId: field.text(),
    body: field.text(),
    media: field.json(),
    createdAt: field.timestamp(),
    updatedAt: field.timestamp(),
  },
  users: ['authorId'],
  indexes: [['conversationId', 'createdAt']],
});
