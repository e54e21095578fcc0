import type { Entity } from '@ayna/contract';
import type { AuthUsers } from '@ayna/firebase-auth';
import type { MirrorStore } from '@ayna/sql-gateway';

export interface NotSeenOptions {
  readonly auth: AuthUsers;
  readonly store: MirrorStore;
  readonly entities: readonly Entity[];
  readonly onNotSeen: (uid: string) => void;
  /** Told after each part of how many users have been listed. */
  readonly onListed: (listed: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Users held in memory at once. Firebase promises no order of its list, so the list cannot be merged
 * with SQL; instead SQL is asked for a part of it at a time, and reads each table once for each.
 */
const PART_SIZE = 100_000;

/** Lists the users of Firebase Auth and tells of those whom no row holds. Resolves to all there are. */
export async function findNotSeenInSql(options: NotSeenOptions): Promise<number> {
  const { auth, onNotSeen, onListed, signal } = options;
  let listed = 0;
  let part: string[] = [];
  const look = async () => {
    for (const uid of await notSeen(part, options)) onNotSeen(uid);
    listed += part.length;
    part = [];
    onListed(listed);
  };
  for await (const users of auth.list()) {
    if (signal.aborted) return listed;
    for (const { uid } of users) part.push(uid);
    if (part.length >= PART_SIZE) await look();
  }
  if (part.length > 0) await look();
  return listed;
}

async function notSeen(
  uids: readonly string[],
  { store, entities }: NotSeenOptions,
): Promise<readonly string[]> {
  let left = uids;
  for (const entity of entities) {
    const known = await store.knownUsers(entity, left);
    left = left.filter((uid) => !known.has(uid));
  }
  return left;
}
