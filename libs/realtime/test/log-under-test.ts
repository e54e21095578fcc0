import { SourceVersion } from '@ayna/contract';
import { startPglite } from '@ayna/emulator-sql';
import { openDatabase, runSql } from '@ayna/sql-gateway';
import { migrateRealtimeLog } from '../src/index.ts';
import type { LogEvent } from '../src/log/log-event.ts';
import { openRealtimeLog } from '../src/log/open-realtime-log.ts';
import type { RealtimeLog } from '../src/log/realtime-log.ts';

/** A log of its own. */
export interface LogUnderTest extends AsyncDisposable {
  readonly log: RealtimeLog;
  sql<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** As if nothing had ever been kept. */
  empty(): Promise<void>;
}

export async function openLog(): Promise<LogUnderTest> {
  const server = await startPglite();
  const database = openDatabase({ url: server.url, poolSize: 4 });
  await migrateRealtimeLog(database);
  const sql = <Row>(text: string, parameters?: readonly unknown[]) =>
    runSql<Row>(database.kysely, text, parameters);
  return {
    log: openRealtimeLog(database),
    sql,
    async empty() {
      await sql('TRUNCATE realtime_events, realtime_audience, realtime_conversations');
      await sql('UPDATE realtime_log SET first_sequence = 1, last_sequence = 0');
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await server.close();
    },
  };
}

/** A message of a conversation. */
export function message(conversationId: string, id: string, version: number): LogEvent {
  return {
    path: `conversations/${conversationId}/messages/${id}`,
    version: String(version),
    deleted: false,
    stream: `conversations/${conversationId}`,
    conversationId,
    members: null,
    owner: null,
    frame: `"body":"${conversationId}/${id}@${version}"}`,
  };
}

/** A state of a conversation; without members, its deletion. */
export function conversation(
  conversationId: string,
  version: number,
  members: readonly string[] | null,
): LogEvent {
  return {
    ...message(conversationId, '', version),
    path: `conversations/${conversationId}`,
    deleted: members === null,
    members: members ?? [],
  };
}

export const membership = (
  conversationId: string,
  version: number,
  ...members: string[]
): { conversationId: string; version: SourceVersion; members: string[] } => ({
  conversationId,
  version: SourceVersion.fromMicros(BigInt(version)),
  members,
});
