import type { Entity } from '@ayna/contract';
import type { AuthUsers } from '@ayna/firebase-auth';
import type { MirrorStore } from '@ayna/sql-gateway';
import type { RecheckPolicy } from '../recheck.ts';
import { openWaitingRoom } from '../waiting-room.ts';
import { seenUsers, type SeenUser } from './seen-users.ts';

/** A user id that rows hold and no user of Firebase Auth has. */
export interface MissingUser {
  readonly uid: string;
  /** The names of the entities whose rows hold it. */
  readonly entities: readonly string[];
}

export interface MissingOptions {
  readonly auth: AuthUsers;
  readonly store: MirrorStore;
  readonly entities: readonly Entity[];
  readonly recheck: Pick<RecheckPolicy, 'pauseMs' | 'capacity'>;
  readonly onMissing: (missing: MissingUser) => Promise<void> | void;
  /** Told after each batch of how many users have been asked for. */
  readonly onAsked: (asked: number, waiting: number) => void;
  readonly signal: AbortSignal;
}

export interface MissingSummary {
  /** Different ids in SQL. */
  seenInSql: number;
  /** Those of them whose user is disabled. */
  disabled: number;
}

/** Ids asked for at once: ten questions of Firebase's size, and one look into each table. */
const BATCH_SIZE = 1_000;

/**
 * Asks Firebase Auth for every user that SQL has seen. One who is not there is looked for again on
 * both sides after a pause, and counts when still seen and still missing.
 */
export async function findMissingInAuth(options: MissingOptions): Promise<MissingSummary> {
  const { auth, store, entities, recheck, onMissing, onAsked } = options;
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  const summary: MissingSummary = { seenInSql: 0, disabled: 0 };
  const room = openWaitingRoom<string>({
    capacity: recheck.capacity,
    batchSize: BATCH_SIZE,
    parallel: 1,
    signal,
    onFailure: () => stopped.abort(),
    async look(uids) {
      for (const missing of await stillMissing(uids, options)) await onMissing(missing);
      return [];
    },
  });
  const ask = async (batch: readonly SeenUser[]) => {
    const found = await auth.find(batch.map(({ uid }) => uid));
    for (const { uid } of batch) {
      const user = found.get(uid);
      if (!user) await room.add(uid, recheck.pauseMs);
      else if (user.disabled) summary.disabled += 1;
    }
    summary.seenInSql += batch.length;
    onAsked(summary.seenInSql, room.size);
  };
  try {
    let batch: SeenUser[] = [];
    for await (const seen of seenUsers(store, entities)) {
      if (signal.aborted) break;
      batch.push(seen);
      if (batch.length < BATCH_SIZE) continue;
      await ask(batch);
      batch = [];
    }
    if (!signal.aborted && batch.length > 0) await ask(batch);
    await room.emptied();
    return summary;
  } finally {
    stopped.abort();
  }
}

/** Those of the users that Firebase Auth still has not and SQL still has. */
async function stillMissing(
  uids: readonly string[],
  { auth, store, entities }: MissingOptions,
): Promise<MissingUser[]> {
  const found = await auth.find(uids);
  const suspects = uids.filter((uid) => !found.has(uid));
  if (suspects.length === 0) return [];
  const holders: { readonly name: string; readonly known: ReadonlySet<string> }[] = [];
  for (const entity of entities) {
    holders.push({ name: entity.name, known: await store.knownUsers(entity, suspects) });
  }
  return suspects.flatMap((uid) => {
    const names = holders.filter(({ known }) => known.has(uid)).map(({ name }) => name);
    return names.length > 0 ? [{ uid, entities: names }] : [];
  });
}
