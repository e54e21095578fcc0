const SUBSCRIPTION_PATH = /^(.+)\/subscriptions\/([^/]+)$/i;
const DEAD_LETTERS = /\/\$deadletterqueue$/i;
const TRANSFER_DEAD_LETTERS = /\/\$transfer\/\$deadletterqueue$/i;

/** Takes `topic/Subscriptions/name` apart. */
export function splitSubscriptionPath(
  path: string,
): { readonly topic: string; readonly subscription: string } | undefined {
  const match = SUBSCRIPTION_PATH.exec(path);
  return match?.[1] && match[2] ? { topic: match[1], subscription: match[2] } : undefined;
}

/** Takes the name of a dead-letter queue off a path. */
export function splitPath(path: string): {
  entityPath: string;
  sub: 'dead' | 'transfer' | undefined;
} {
  if (TRANSFER_DEAD_LETTERS.test(path)) {
    return { entityPath: path.replace(TRANSFER_DEAD_LETTERS, ''), sub: 'transfer' };
  }
  if (DEAD_LETTERS.test(path)) return { entityPath: path.replace(DEAD_LETTERS, ''), sub: 'dead' };
  return { entityPath: path, sub: undefined };
}
