import type { HistoryStatements } from '../migrations/history-statements.ts';

/** @param table the name of the table of the history */
export const sqlServerHistory = (table: string): HistoryStatements => ({
  lock: `
    SET XACT_ABORT ON;
    DECLARE @resource nvarchar(255) = CONCAT(N'ayna_migrations ', DB_NAME());
    DECLARE @granted int;
    EXEC @granted = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = -1;
    IF @granted < 0
    BEGIN;
      THROW 51204, N'The lock of the migrations was not granted.', 1;
    END;`,
  create: `
    IF OBJECT_ID(N'${table}', N'U') IS NULL
    CREATE TABLE ${table} (
      name       nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
      checksum   varchar(64) NOT NULL,
      applied_at datetime2(6) NOT NULL DEFAULT SYSUTCDATETIME()
    )`,
  find: `SELECT CASE WHEN OBJECT_ID(N'${table}', N'U') IS NULL THEN 0 ELSE 1 END AS found`,
  read: `SELECT name, checksum FROM ${table}`,
  record: `
    UPDATE ${table} SET checksum = @2, applied_at = SYSUTCDATETIME() WHERE name = @1;
    IF @@ROWCOUNT = 0 INSERT ${table} (name, checksum) VALUES (@1, @2);`,
  batches: splitBatches,
});

/** Cuts a script at its lines `GO`, which is a word of the client tools and not of the server. */
function splitBatches(text: string): string[] {
  return text.split(/^[ \t]*GO[ \t]*;?[ \t]*$/im).filter((batch) => batch.trim() !== '');
}
