/** Held until the end of the transaction: one migration of one database at a time. */
export const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ayna_migrations', 0))";

export const CREATE_HISTORY = `
  CREATE TABLE IF NOT EXISTS ayna_migrations (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

export const HISTORY_EXISTS = "SELECT to_regclass('ayna_migrations') IS NOT NULL AS exists";

export const READ_HISTORY = 'SELECT name, checksum FROM ayna_migrations';

export const RECORD_FILE = `
  INSERT INTO ayna_migrations (name, checksum) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now()`;
