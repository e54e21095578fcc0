import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { MirrorChange } from '@ayna/contract';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BulkPath } from './bulk-path.ts';

const TABLE = 'bench_bulk';

/** The columns of the table of messages, each with its type and its value. */
const columns: readonly [
  name: string,
  type: string,
  value: (change: MirrorChange) => string | null,
][] = [
  ['conversation_id', 'text', ({ key }) => key.conversationId ?? null],
  ['message_id', 'text', ({ key }) => key.messageId ?? null],
  ['author_id', 'text', (change) => textOf(change, 'authorId')],
  ['body', 'text', (change) => textOf(change, 'body')],
  ['media', 'jsonb', ({ columns: row }) => JSON.stringify(row?.media ?? null)],
  ['created_at', 'timestamptz', (change) => textOf(change, 'createdAt')],
  ['updated_at', 'timestamptz', (change) => textOf(change, 'updatedAt')],
  ['source_version', 'bigint', ({ sourceVersion }) => sourceVersion.toString()],
  ['event_id', 'text', ({ eventId }) => eventId],
  ['sync_source', 'text', ({ syncSource }) => syncSource],
  ['retry_count', 'int', ({ retryCount }) => String(retryCount)],
  ['mirrored_at', 'timestamptz', () => new Date().toISOString()],
];
const names = columns.map(([name]) => name).join(', ');

/** `COPY ... FROM STDIN`. */
export async function postgresCopy(url: string): Promise<BulkPath> {
  return await bulkPath(url, 'COPY FROM STDIN', async (client, changes) => {
    const stream = client.query(copyFrom(`COPY ${TABLE} (${names}) FROM STDIN`));
    await pipeline(Readable.from([changes.map(copyLine).join('')]), stream);
  });
}

/** `INSERT ... SELECT FROM unnest(...)`, for PGlite, which takes no `COPY`. */
export async function postgresUnnest(url: string): Promise<BulkPath> {
  const arrays = columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ');
  const text = `INSERT INTO ${TABLE} (${names}) SELECT * FROM unnest(${arrays})`;
  return await bulkPath(url, 'INSERT FROM unnest', async (client, changes) => {
    await client.query(
      text,
      columns.map(([, , value]) => changes.map(value)),
    );
  });
}

async function bulkPath(
  url: string,
  name: string,
  insert: (client: pg.Client, changes: readonly MirrorChange[]) => Promise<void>,
): Promise<BulkPath> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`CREATE TABLE ${TABLE} (LIKE dm_messages_mirror)`);
  return {
    name,
    insert: (changes) => insert(client, changes),
    count: async () => {
      const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${TABLE}`);
      return rows[0]?.n ?? 0;
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** A row in the text format of COPY. */
function copyLine(change: MirrorChange): string {
  const cells = columns.map(([, , value]) => {
    const text = value(change);
    return text === null ? '\\N' : text.replace(/[\\\t\n\r]/g, escaped);
  });
  return `${cells.join('\t')}\n`;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function escaped(character: string): string {
  return escapes[character] ?? character;
}

function textOf({ columns: row }: MirrorChange, name: string): string | null {
  const value = row?.[name];
  return typeof value === 'string' ? value : null;
}
