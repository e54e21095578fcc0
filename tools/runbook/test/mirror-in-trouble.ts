import { startFirestoreEmulator, type CloudFunction } from '@ayna/emulator-firestore';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPglite } from '@ayna/emulator-sql';
import { startChild } from '@ayna/processes';
import {
  connectAdministration,
  mirrorTopology,
  provisionTopology,
  readQueueCounts,
} from '@ayna/service-bus';
import { migrate, openDatabase } from '@ayna/sql-gateway';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { sql } from 'kysely';

const PROJECT = 'runbook';
const TOPIC = mirrorTopology().topic;
const WRITER = import.meta.resolve('@ayna/writer/main');
const ASK_AGAIN_MS = 50;

/** A mirror with a backlog, dead letters and drift, and somebody on call. */
export interface MirrorInTrouble extends AsyncDisposable {
  /** What who is on call has set. */
  readonly env: Readonly<Record<string, string>>;
  counts(): Promise<{ readonly depth: number; readonly deadLetters: number }>;
}

/**
 * - Three messages were refused by a constraint that is mended by now, and one broke the contract;
 *   all four are dead letters, and the document of the last one has been corrected since.
 * - Somebody has written to five rows by hand.
 * - 200 messages wait for a writer that has just been started.
 */
export async function openMirrorInTrouble(): Promise<MirrorInTrouble> {
  const [firestoreEmulator, broker, server] = await Promise.all([
    startFirestoreEmulator(),
    startServiceBusEmulator(),
    startPglite(),
  ]);
  const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
  const administration = connectAdministration(endpoint);
  await provisionTopology(administration, mirrorTopology());
  await using database = openDatabase({ url: server.url });
  await migrate(database);
  const run = (statement: string) => sql.raw(statement).execute(database.kysely);
  const env = {
    FIRESTORE_EMULATOR_HOST: firestoreEmulator.host,
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_CLOUD_PROJECT: PROJECT,
    SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    DATABASE_URL: server.url,
    CHECK_PAUSE_MS: '500',
  };
  Object.assign(process.env, env, { GCLOUD_PROJECT: PROJECT, LOG_LEVEL: 'error' });
  for (const [name, mirror] of Object.entries(await import('@ayna/triggers'))) {
    firestoreEmulator.functions.register(mirror as unknown as CloudFunction, { name });
  }
  const app = initializeApp({ projectId: PROJECT }, PROJECT);
  const firestore = getFirestore(app);
  const write = async (ids: readonly string[], body: unknown) => {
    for (const id of ids) {
      await firestore.doc(`conversations/c/messages/${id}`).set({ authorId: 'ada', body });
    }
    await firestoreEmulator.functions.drain();
  };
  const numbered = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${name}-${at}`);
  const counts = () => readQueueCounts(administration, TOPIC, 'sql-writer');
  const startWriter = () => startChild(WRITER, { env: { HOST: '127.0.0.1', PORT: '0' } });
  const empty = async () => {
    while ((await counts()).depth > 0) await new Promise((go) => setTimeout(go, ASK_AGAIN_MS));
  };

  const first = await startWriter();
  await run(
    `ALTER TABLE dm_messages_mirror ADD CONSTRAINT mended CHECK (message_id NOT LIKE 'refused%')`,
  );
  await write(numbered('good', 20), 'merhaba');
  await write(numbered('refused', 3), 'selam');
  await write(['poison'], { not: 'a text' });
  await write(['poison'], 'corrected');
  await empty();
  await first.stop();
  await run('ALTER TABLE dm_messages_mirror DROP CONSTRAINT mended');
  await run(`UPDATE dm_messages_mirror SET body = 'by hand' WHERE message_id LIKE 'good-1%'`);
  await write(numbered('waiting', 200), 'günaydın');
  const writer = await startWriter();
  const { port } = writer.announcement as { readonly port: number };
  return {
    env: { ...env, WRITER: `http://127.0.0.1:${port}` },
    counts,
    async [Symbol.asyncDispose]() {
      await writer.stop();
      await deleteApp(app);
      await Promise.all([firestoreEmulator.close(), broker.close(), server.close()]);
    },
  };
}
