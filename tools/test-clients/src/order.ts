import type { ChangeFrame } from '@ayna/contract/realtime';

/** How many changes there are; -1 when one of them is there twice. */
export function onceEach(changes: readonly ChangeFrame[]): number {
  const ids = changes.map(
    ({ entity, key, version, operation }) =>
      `${entity} ${JSON.stringify(key)} ${version} ${String(operation === 'delete')}`,
  );
  return new Set(ids).size === ids.length ? ids.length : -1;
}

/** The changes that came after a newer one of their conversation. */
export function inOrder(changes: readonly ChangeFrame[]): ChangeFrame[] {
  const newest = new Map<string, bigint>();
  return changes.filter(({ key, version }) => {
    const stream = key.conversationId ?? '';
    const before = newest.get(stream) ?? 0n;
    newest.set(stream, BigInt(version) > before ? BigInt(version) : before);
    return BigInt(version) < before;
  });
}
