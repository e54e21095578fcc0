import { dmMessage, SourceVersion, type Columns, type MirrorChange } from '@ayna/contract';

export const conversation = 'c1';

/** A change of one message of one conversation, with what a test wants to say about it. */
export function messageChange(
  messageId: string,
  version: bigint | number,
  change: Partial<MirrorChange> & { readonly body?: string | null } = {},
): MirrorChange {
  const { body = `${messageId}@${version}`, ...rest } = change;
  return {
    entity: dmMessage,
    key: { conversationId: conversation, messageId },
    sourceVersion: SourceVersion.fromMicros(BigInt(version)),
    columns: messageColumns({ body }),
    eventId: `event-${messageId}-${version}`,
    syncSource: 'trigger',
    retryCount: 0,
    ...rest,
  };
}

/** The deletion of a message. */
export function messageDeletion(messageId: string, version: bigint | number): MirrorChange {
  return messageChange(messageId, version, { columns: null });
}

export function messageColumns(columns: Columns = {}): Columns {
  return {
    authorId: 'a1',
    body: 'hello',
    media: null,
    createdAt: '2026-01-02T03:04:05.678901Z',
    updatedAt: null,
    ...columns,
  };
}
