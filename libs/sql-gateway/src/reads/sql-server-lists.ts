import { createHash } from 'node:crypto';
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { ListDialect } from './list-dialect.ts';

/**
 * Lists in SQL Server. Rows are found and ordered by the UTF-8 bytes of their keys: text compares
 * with trailing blanks left out.
 */
export const sqlServerLists: ListDialect = {
  keyIs: (column, value) => sql<SqlBool>`${bytesOf(column)} = ${Buffer.from(value)}`,
  // The table of the migration `0006_conversation_people`.
  takesPart: (userId) =>
    sql<SqlBool>`${bytesOf('conversationId')} IN (
      SELECT ${bytesOf('conversationId')} FROM ${sql.table('dmConversationsMirrorPeople')}
      WHERE ${sql.ref('userHash')} = ${createHash('sha256').update(userId).digest()}
    )`,
  behind(order, { at, id }) {
    const after = order.direction === 'asc' ? sql`>` : sql`<`;
    const place = sql`CONVERT(datetime2(6), ${at.slice(0, -1)})`;
    return sql<SqlBool>`(${time()} ${after}= ${place} AND (${time()} ${after} ${place} OR ${bytesOf(order.id)} ${after} ${Buffer.from(id)}))`;
  },
  firstRows(order, limit) {
    const direction = order.direction === 'asc' ? sql`ASC` : sql`DESC`;
    return sql`ORDER BY ${time()} ${direction}, ${bytesOf(order.id)} ${direction} OFFSET 0 ROWS FETCH NEXT ${sql.lit(limit)} ROWS ONLY`;
  },
  readable(row, jsonColumns) {
    const parsed = jsonColumns.map((name) => {
      const text: unknown = row[name];
      return [name, typeof text === 'string' ? (JSON.parse(text) as unknown) : text] as const;
    });
    return { ...row, ...Object.fromEntries(parsed) };
  },
};

function bytesOf(column: string): RawBuilder<unknown> {
  return sql`${sql.ref(`${column}Utf8`)}`;
}

/** The columns of the migration `0005_client_reads`. */
function time(): RawBuilder<unknown> {
  return sql.ref('listedAt');
}
