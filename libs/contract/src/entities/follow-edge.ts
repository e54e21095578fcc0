import { defineEntity } from '../entity.ts';
import { field } from '../fields.ts';

export const followEdge = defineEntity({
  name: 'follow.edge',
  path: 'follows/{userId}/targets/{targetId}',
  functionName: 'mirrorFollowEdges',
  table: 'FollowEdgesMirror',
  procedures: {
    upsert: 'sp_StoreMirror_UpsertFollowEdge',
    delete: 'sp_StoreMirror_DeleteFollowEdge',
    purge: 'sp_StoreMirror_PurgeFollowEdge',
  },
  fields: {
    createdAt: field.timestamp(),
    updatedAt: field.timestamp(),
    edgeType: field.text(),
  },
  users: ['userId', 'targetId'],
  indexes: [['targetId', 'userId']],
});
