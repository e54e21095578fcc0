import type { ColumnValue, MirrorChange } from '@ayna/contract';
import sql from 'mssql';
import type { BulkPath } from './bulk-path.ts';

const TABLE = 'BenchBulk';
const TIMEOUT_MS = 120_000;

/** The columns of the table of messages, each with its type, whether it may be NULL, and its value. */
const columns: readonly [
  name: string,
  type: sql.ISqlType,
  nullable: boolean,
  value: (change: MirrorChange) => string | number | Buffer | Date | null,
][] = [
  ['ConversationId', sql.NVarChar(1_500), false, ({ key }) => key.conversationId ?? null],
  ['MessageId', sql.NVarChar(1_500), false, ({ key }) => key.messageId ?? null],
  ['ConversationIdUtf8', sql.VarBinary(1_500), false, ({ key }) => bytes(key.conversationId)],
  ['MessageIdUtf8', sql.VarBinary(1_500), false, ({ key }) => bytes(key.messageId)],
  ['AuthorId', sql.NVarChar(sql.MAX), true, ({ columns: row }) => text(row?.authorId)],
  ['Body', sql.NVarChar(sql.MAX), true, ({ columns: row }) => text(row?.body)],
  ['Media', sql.NVarChar(sql.MAX), true, ({ columns: row }) => JSON.stringify(row?.media ?? null)],
  ['CreatedAt', sql.DateTime2(6), true, ({ columns: row }) => date(row?.createdAt)],
  ['UpdatedAt', sql.DateTime2(6), true, ({ columns: row }) => date(row?.updatedAt)],
  ['SourceVersion', sql.BigInt(), false, ({ sourceVersion }) => sourceVersion.toString()],
  ['EventId', sql.NVarChar(sql.MAX), false, ({ eventId }) => eventId],
  ['SyncSource', sql.NVarChar(32), true, ({ syncSource }) => syncSource],
  ['RetryCount', sql.Int(), true, ({ retryCount }) => retryCount],
  ['DeletedAt', sql.DateTime2(6), true, () => null],
  ['MirroredAt', sql.DateTime2(6), false, () => new Date()],
];

/** The bulk load of TDS, as `request.bulk` of `mssql` does it. */
export async function sqlServerBulk(url: string): Promise<BulkPath> {
  const pool = new sql.ConnectionPool(configOf(new URL(url)));
  await pool.connect();
  await pool.request().batch(`SELECT * INTO ${TABLE} FROM DmMessagesMirror WHERE 1 = 0`);
  return {
    name: 'bulk load',
    insert: async (changes) => {
      const table = new sql.Table(TABLE);
      for (const [name, type, nullable] of columns) table.columns.add(name, type, { nullable });
      for (const change of changes)
        table.rows.add(...columns.map(([, , , value]) => value(change)));
      await pool.request().bulk(table);
    },
    count: async () => {
      const { recordset } = await pool
        .request()
        .query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${TABLE}`);
      return recordset[0]?.n ?? 0;
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

function configOf(url: URL): sql.config {
  const { searchParams } = url;
  return {
    server: url.hostname,
    port: Number(url.port || '1433'),
    database: url.pathname.slice(1),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    requestTimeout: TIMEOUT_MS,
    pool: { max: 1, min: 0 },
    options: {
      encrypt: searchParams.get('encrypt') !== 'false',
      trustServerCertificate: searchParams.get('trustServerCertificate') === 'true',
    },
  };
}

function bytes(key: string | undefined): Buffer {
  return Buffer.from(key ?? '');
}

function text(value: ColumnValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function date(value: ColumnValue | undefined): Date | null {
  return typeof value === 'string' ? new Date(value) : null;
}
