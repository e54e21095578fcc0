/** Firebase's longest user id, in characters. */
const MAX_USER_ID = 128;

/**
 * Who takes part in a conversation: its `ownerId` and every text in `peerIds`. What is no id of a
 * user is passed over, so that a document that breaks the contract adds nobody and keeps nobody.
 *
 * @param fields the document's fields, or the columns of its row
 */
export function membersOf({ ownerId, peerIds }: Readonly<Record<string, unknown>>): string[] {
  const ids: unknown[] = [ownerId, ...(Array.isArray(peerIds) ? (peerIds as unknown[]) : [])];
  return [...new Set(ids.filter(isUserId))];
}

function isUserId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= MAX_USER_ID && !id.includes('\0');
}
