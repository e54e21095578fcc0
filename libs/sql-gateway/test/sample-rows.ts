import {
  dmConversation,
  dmMessage,
  followEdge,
  SourceVersion,
  type Columns,
  type Entity,
  type MirrorChange,
} from '@ayna/contract';

/** A row of any entity: the columns that are not given are null. */
function row(entity: Entity, key: Record<string, string>, columns: Columns): MirrorChange {
  const nothing = Object.fromEntries(Object.keys(entity.fields).map((name) => [name, null]));
  return {
    entity,
    key,
    sourceVersion: SourceVersion.fromMicros(1_760_000_000_000_001n),
    columns: { ...nothing, ...columns },
    eventId: 'sample',
    syncSource: 'trigger',
    retryCount: 0,
  };
}

export function messageRow(
  conversationId: string,
  messageId: string,
  columns: Columns = {},
): MirrorChange {
  return row(dmMessage, { conversationId, messageId }, columns);
}

export function conversationRow(conversationId: string, columns: Columns = {}): MirrorChange {
  return row(dmConversation, { conversationId }, columns);
}

export function followRow(userId: string, targetId: string, columns: Columns = {}): MirrorChange {
  return row(followEdge, { userId, targetId }, columns);
}

/** The deletion of a row. */
export function deleted(change: MirrorChange): MirrorChange {
  return { ...change, columns: null };
}
