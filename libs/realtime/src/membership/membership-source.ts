import { dmConversation, type SourceVersion } from '@ayna/contract';
import type { DocumentSource } from '@ayna/firestore';
import type { MirrorStore } from '@ayna/sql-gateway';
import { membersOf } from './members-of.ts';

/** Who takes part in a conversation in one of its states. */
export interface Membership {
  readonly conversationId: string;
  readonly version: SourceVersion;
  /** Empty when the conversation is gone. */
  readonly members: readonly string[];
}

/**
 * Knows who takes part in conversations that the log has not seen. Called again and again for what
 * it did not find, with pauses. Rejects when it cannot be asked now.
 */
export type MembershipSource = (conversationIds: readonly string[]) => Promise<Membership[]>;

/** As the mirror knows it, which may be behind by what the writer has yet to write. */
export function mirrorMemberships(store: Pick<MirrorStore, 'readMany'>): MembershipSource {
  return async (conversationIds) => {
    const keys = conversationIds.map((conversationId) => ({ conversationId }));
    const rows = await store.readMany(dmConversation, keys);
    return rows.flatMap((row, at) =>
      row
        ? [
            {
              conversationId: conversationIds[at] ?? '',
              version: row.sourceVersion,
              members: membersOf(row.columns ?? {}),
            },
          ]
        : [],
    );
  };
}

/** As Firestore knows it now. A conversation that is not there is not found. */
export function firestoreMemberships(source: Pick<DocumentSource, 'readMany'>): MembershipSource {
  return async (conversationIds) => {
    const keys = conversationIds.map((conversationId) => ({ conversationId }));
    const readings = await source.readMany(dmConversation, keys);
    return readings.flatMap(({ document }) =>
      document
        ? [
            {
              conversationId: document.key.conversationId ?? '',
              version: document.state.version,
              members: membersOf(document.state.fields),
            },
          ]
        : [],
    );
  };
}
