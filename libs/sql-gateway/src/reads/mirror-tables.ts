import type { MirroredConversation, MirroredFollow, MirroredMessage } from '@ayna/contract/gateway';

/** A mirror table: what clients may see of it, and what tells its live rows. */
type MirrorTable<Row> = Row & { readonly deletedAt: string | null };

/** The mirror tables as Kysely knows them, in the names of the contract. */
export interface MirrorTables {
  readonly dmConversationsMirror: MirrorTable<MirroredConversation>;
  readonly dmMessagesMirror: MirrorTable<MirroredMessage>;
  readonly followEdgesMirror: MirrorTable<MirroredFollow>;
}
