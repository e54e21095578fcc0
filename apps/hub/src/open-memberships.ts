import { entities } from '@ayna/contract';
import { connectFirestore, openDocumentSource } from '@ayna/firestore';
import { firestoreMemberships, mirrorMemberships, type MembershipSource } from '@ayna/realtime';
import { openMirrorStore } from '@ayna/sql-gateway';
import type { HubConfig } from './config.ts';

/** Who is asked about conversations that the log has not seen, and what they hold open. */
export interface Memberships extends AsyncDisposable {
  readonly sources: readonly MembershipSource[];
}

/** Firestore, which knows it first, then the mirror, as far as the settings name them. */
export async function openMemberships({
  firebaseProject,
  askFirestore,
  mirror,
}: HubConfig): Promise<Memberships> {
  const firestore = askFirestore ? await connectFirestore(firebaseProject) : undefined;
  const store = mirror && openMirrorStore({ ...mirror, entities });
  return {
    sources: [
      ...(firestore ? [firestoreMemberships(openDocumentSource(firestore))] : []),
      ...(store ? [mirrorMemberships(store)] : []),
    ],
    async [Symbol.asyncDispose]() {
      await Promise.all([firestore?.terminate(), store?.close()]);
    },
  };
}
