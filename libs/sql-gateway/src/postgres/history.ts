import type { HistoryStatements } from '../migrations/history-statements.ts';

export const postgresHistory: HistoryStatements = {
  lock: "SELECT pg_advisory_xact_lock(hashtextextended('ayna_migrations', 0))",
  create: `
    CREATE TABLE IF NOT EXISTS ayna_migrations (
      name       text PRIMARY KEY,
      checksum   text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`,
  find: "SELECT (to_regclass('ayna_migrations') IS NOT NULL)::int AS found",
  read: 'SELECT name, checksum FROM ayna_migrations',
  record: `
    INSERT INTO ayna_migrations (name, checksum) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now()`,
  batches: (text) => [text],
};
