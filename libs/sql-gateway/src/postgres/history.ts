import type { HistoryStatements } from '../migrations/history-statements.ts';

/** @param table the name of the table of the history */
export const postgresHistory = (table: string): HistoryStatements => ({
  lock: "SELECT pg_advisory_xact_lock(hashtextextended('ayna_migrations', 0))",
  create: `
    CREATE TABLE IF NOT EXISTS ${table} (
      name       text PRIMARY KEY,
      checksum   text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`,
  find: `SELECT (to_regclass('${table}') IS NOT NULL)::int AS found`,
  read: `SELECT name, checksum FROM ${table}`,
  record: `
    INSERT INTO ${table} (name, checksum) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now()`,
  batches: (text) => [text],
});
