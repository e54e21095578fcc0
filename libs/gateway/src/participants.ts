/**
 * Whether a user takes part in a conversation: as its owner, or as a text in its peers.
 *
 * @param conversation its fields in Firestore, or its columns in SQL
 */
export function takesPart(
  userId: string,
  { ownerId, peerIds }: Readonly<Record<string, unknown>>,
): boolean {
  if (ownerId === userId || peerIds === userId) return true;
  return Array.isArray(peerIds) && peerIds.includes(userId);
}
