import { defineEntity } from '../entity.ts';
import { field } from '../fields.ts';

export const dmConversation = defineEntity({
  name: 'dm.conversation',
  path: 'conversations/{conversationId}',
  functionName: 'mirrorDmConversations',
  table: 'DmConversationsMirror',
  procedures: {
    upsert: 'sp_StoreMirror_UpsertDmConversation',
    delete: 'sp_StoreMirror_DeleteDmConversation',
    purge: 'sp_StoreMirror_PurgeDmConversation',
  },
  fields: {
    ownerId: field.text(),
    peerIds: field.json(),
    lastMessageAt: field.timestamp(),
    lastMessagePreview: field.text(),
    lastMessageAuthorId: field.text(),
    updatedAt: field.timestamp(),
  },
  users: ['ownerId', 'peerIds', 'lastMessageAuthorId'],
});
