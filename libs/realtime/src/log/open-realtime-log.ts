import { runSql, sqlError, type Database } from '@ayna/sql-gateway';
import type { LogRow, LogState, RealtimeLog, UserLogRow } from './realtime-log.ts';
import {
  ALIVE,
  APPEND,
  BEGIN_ANEW,
  DROP_UNKNOWN,
  FORWARDED,
  LEARN,
  LEASE,
  MEMBERS,
  PURGE,
  READ_AFTER,
  REPLAY,
  SEQUENCE,
  STATE,
} from './statements.ts';

/** Changes in one transaction at most. */
const SEQUENCE_BATCH = 1_000;
const PURGE_BATCH = 5_000;
const MICROS_PER_MS = 1_000;

interface StateRow {
  readonly epoch: string;
  readonly first_sequence: string;
  readonly last_sequence: string;
}

interface ChangeRow extends StateRow {
  /** Null, as all that follows, when there is no change to tell of. */
  readonly sequence: string | null;
  readonly conversation_id: string | null;
  readonly late: boolean;
  readonly frame: string;
}

/** Opens the log in a database that has been migrated; see `migrateRealtimeLog`. */
export function openRealtimeLog({ kysely }: Pick<Database, 'kysely'>): RealtimeLog {
  const run = async <Row>(
    doing: string,
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> => {
    try {
      return await runSql<Row>(kysely, text, parameters);
    } catch (error) {
      throw sqlError(error, doing);
    }
  };
  return {
    async append(events) {
      const records = events.map(({ conversationId, ...event }) => ({
        ...event,
        conversation_id: conversationId,
      }));
      const [row] = await run<{ kept: number }>('keeping changes', APPEND, [
        JSON.stringify(records),
      ]);
      return row?.kept ?? 0;
    },
    async sequence(windowMs) {
      const [row] = await run<{
        sequenced: number;
        stale: number;
        next_ms: number | null;
        unknown: string[];
      }>('sequencing changes', SEQUENCE, [windowMs, SEQUENCE_BATCH]);
      return {
        sequenced: row?.sequenced ?? 0,
        stale: row?.stale ?? 0,
        nextMs: row?.next_ms ?? undefined,
        unknown: row?.unknown ?? [],
      };
    },
    async dropUnknown(olderThanMs) {
      return (await run('dropping changes', DROP_UNKNOWN, [olderThanMs])).length;
    },
    async learn(memberships) {
      const records = memberships.map(({ conversationId, version, members }) => ({
        conversation_id: conversationId,
        version: version.toString(),
        members,
      }));
      await run('recording who takes part', LEARN, [JSON.stringify(records)]);
    },
    async members(conversationId) {
      const [row] = await run<{ members: string[] }>('reading who takes part', MEMBERS, [
        conversationId,
      ]);
      return row?.members;
    },
    async readAfter(sequence, limit) {
      const rows = await run<
        ChangeRow & { audience: string[]; removed: string[]; version: string }
      >('reading the log', READ_AFTER, [sequence, limit]);
      return {
        state: stateOf(rows[0]),
        rows: rows.flatMap((row): LogRow[] =>
          row.sequence === null
            ? []
            : [
                {
                  sequence: Number(row.sequence),
                  conversationId: row.conversation_id,
                  audience: row.audience,
                  removed: row.removed,
                  late: row.late,
                  frame: row.frame,
                  committedAtMs: Number(row.version) / MICROS_PER_MS,
                },
              ],
        ),
      };
    },
    async replay(userId, after, upTo, limit) {
      const rows = await run<ChangeRow & { removed: boolean }>(
        'reading the log of a user',
        REPLAY,
        [userId, after, upTo, limit],
      );
      return {
        state: stateOf(rows[0]),
        rows: rows.flatMap((row): UserLogRow[] =>
          row.sequence === null
            ? []
            : [
                {
                  sequence: Number(row.sequence),
                  conversationId: row.conversation_id,
                  removed: row.removed,
                  late: row.late,
                  frame: row.frame,
                },
              ],
        ),
      };
    },
    async state() {
      const [row] = await run<StateRow>('reading the state of the log', STATE);
      return stateOf(row);
    },
    async alive(gapMs) {
      const [row] = await run<{ anew: boolean }>('saying that the hub lives', ALIVE, [gapMs]);
      return row?.anew ?? false;
    },
    async beginAnew() {
      await run('beginning the log anew', BEGIN_ANEW);
    },
    async purge(maxAgeMs, maxChanges) {
      let purged = 0;
      for (;;) {
        const [row] = await run<{ deleted: number }>('purging the log', PURGE, [
          maxAgeMs,
          maxChanges,
          PURGE_BATCH,
        ]);
        const deleted = row?.deleted ?? 0;
        purged += deleted;
        if (deleted < PURGE_BATCH) return purged;
      }
    },
    async lease(name, holder, leaseMs) {
      const [row] = await run<{ sequence: string }>('taking the lease', LEASE, [
        name,
        holder,
        leaseMs,
      ]);
      return row === undefined ? undefined : Number(row.sequence);
    },
    async forwarded(name, holder, sequence) {
      await run('recording what was forwarded', FORWARDED, [name, holder, sequence]);
    },
  };
}

function stateOf(row: StateRow | undefined): LogState {
  return {
    epoch: row?.epoch ?? '',
    first: Number(row?.first_sequence ?? 1),
    last: Number(row?.last_sequence ?? 0),
  };
}
