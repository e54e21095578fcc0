import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectFirestore } from '@ayna/firestore';
import { openDatabase } from '@ayna/sql-gateway';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { followBacklog } from '../src/backlog.ts';
import { startEnds } from '../src/embedded-ends.ts';
import { newProgress, runLoad } from '../src/load.ts';
import { sampleWrites } from '../src/sample-data.ts';

// On a server that others use, the check would find what they left.
delete process.env.DATABASE_URL;

const DOCUMENTS = 400;
const TIMEOUT_MS = 300_000;
const CLI = fileURLToPath(import.meta.resolve('@ayna/cli/main'));

/** What somebody with a SQL prompt did, and what a check calls it: rows by kind. */
const TAMPERING = [
  `UPDATE dm_messages_mirror SET body = body || ' ' WHERE message_id IN (
     SELECT message_id FROM dm_messages_mirror WHERE deleted_at IS NULL AND body IS NOT NULL
     ORDER BY message_id LIMIT 3)`,
  `DELETE FROM follow_edges_mirror WHERE target_id IN (
     SELECT target_id FROM follow_edges_mirror WHERE deleted_at IS NULL ORDER BY target_id LIMIT 4)`,
  `INSERT INTO dm_messages_mirror (conversation_id, message_id, body, source_version, event_id, mirrored_at)
   SELECT 'invented', n::text, 'never written', 1, 'by hand', now() FROM generate_series(1, 5) AS n`,
  `UPDATE dm_conversations_mirror SET source_version = source_version - 1 WHERE conversation_id = (
     SELECT min(conversation_id) FROM dm_conversations_mirror WHERE deleted_at IS NULL)`,
] as const;

test(
  'ayna finds what was changed, deleted and invented by hand in SQL, repairs it, and then finds nothing',
  { timeout: TIMEOUT_MS },
  async () => {
    const ends = await startEnds({
      dataDirectory: undefined,
      duplicate: 1,
      shuffle: false,
      seed: 1,
    });
    const firestore = await connectFirestore(process.env.GOOGLE_CLOUD_PROJECT ?? '');
    const database = openDatabase({ url: process.env.DATABASE_URL ?? '', poolSize: 1 });
    try {
      const backlog = followBacklog(ends, () => 0, 1);
      await runLoad({
        firestore,
        writes: sampleWrites(DOCUMENTS, 1),
        rate: 'max',
        progress: newProgress(),
        backlog: () => 0,
        signal: new AbortController().signal,
      });
      await backlog.drained(new AbortController().signal);
      backlog.stop();
      expect(await ayna('check')).toMatchObject({ code: 0, total: { driftPercent: 0 } });

      for (const statement of TAMPERING) await sql.raw(statement).execute(database.kysely);
      const found = { different: 3, missingInSql: 4, missingInFirestore: 5, stale: 1 };
      expect(await ayna('check')).toMatchObject({ code: 1, total: found });
      expect(await ayna('repair', '--dry-run')).toMatchObject({ total: found });

      expect(await ayna('repair')).toMatchObject({
        code: 0,
        total: found,
        repair: { repaired: 13, failed: 0 },
      });
      expect(await ayna('check')).toMatchObject({ code: 0, total: { driftPercent: 0 } });
      expect(await ends.queue.deadLettered()).toBe(0);
    } finally {
      await database.close();
      await firestore.terminate();
      await ends.close();
    }
  },
);

/** Runs `ayna mirror ... --json` as a process; resolves with its exit code and its report. */
function ayna(...args: string[]): Promise<object> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=@ayna/source', CLI, 'mirror', ...args, '--json'],
      { env: { ...process.env, CHECK_PAUSE_MS: '500' } },
      (error, stdout, stderr) => {
        const report = stdout === '' ? { stderr } : (JSON.parse(stdout) as object);
        resolve({ code: error?.code ?? 0, ...report });
      },
    );
  });
}
