import type { RealtimeLog } from '../log/realtime-log.ts';
import type { MembershipSource } from '../membership/membership-source.ts';

/** Whether a user takes part in a conversation now. Rejects when that cannot be told. */
export type MayListen = (userId: string, conversationId: string) => Promise<boolean>;

/**
 * Decides by the newest state that the log knows, or, of a conversation that it has never seen, by
 * what the sources know, which the log remembers.
 */
export function conversationAccess(
  log: Pick<RealtimeLog, 'members' | 'learn'>,
  memberships: readonly MembershipSource[],
): MayListen {
  return async (userId, conversationId) => {
    const known = await log.members(conversationId);
    if (known) return known.includes(userId);
    for (const source of memberships) {
      const [found] = await source([conversationId]);
      if (!found) continue;
      await log.learn([found]);
      return found.members.includes(userId);
    }
    return false;
  };
}
