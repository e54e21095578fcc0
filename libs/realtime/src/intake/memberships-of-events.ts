import { setTimeout as delay } from 'node:timers/promises';
import { decodeDocument, type TypedEvent } from '@ayna/contract';
import { backoffMs, type BackoffPolicy } from '@ayna/platform';
import { membersOf } from '../membership/members-of.ts';
import type { Membership, MembershipSource } from '../membership/membership-source.ts';

/** Who takes part in a conversation after an event; undefined when the event is of something else. */
export function membershipOf({ entity, event }: TypedEvent): Membership | undefined {
  const { conversationId } = event.data.key;
  if (entity.name !== 'dm.conversation' || conversationId === undefined) return undefined;
  const { document, sourceVersion, claimCheck } = event.data;
  if (claimCheck) return undefined;
  const members = document === null ? [] : membersOf(decodeDocument(document));
  return { conversationId, version: sourceVersion, members };
}

const ATTEMPTS = 10;

/**
 * Who takes part in a conversation whose event is only a claim check, by the first source that knows
 * the event's state or a newer one. When none comes to know it, nobody: rather is a change missed
 * than told to somebody who has left.
 */
export async function claimedMembers(
  { event }: TypedEvent,
  sources: readonly MembershipSource[],
  { backoff, signal }: { readonly backoff: BackoffPolicy; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { conversationId = '' } = event.data.key;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    for (const source of sources) {
      const [found] = await source([conversationId]).catch(() => []);
      if (found && found.version.compare(event.data.sourceVersion) >= 0) return found.members;
    }
    await delay(backoffMs(backoff, attempt), undefined, { signal });
  }
  return [];
}
