import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { ListDialect, ListOrder } from './list-dialect.ts';

/** Lists in PostgreSQL. The expressions are those of the indexes: see the migration `0006`. */
export const postgresLists: ListDialect = {
  keyIs: (column, value) => sql<SqlBool>`${sql.ref(column)} = ${value}`,
  takesPart: (userId) =>
    sql<SqlBool>`(${sql.ref('ownerId')} = ${userId} OR ${sql.ref('peerIds')} @> to_jsonb(${userId}::text))`,
  behind(order, { at, id }) {
    const after = order.direction === 'asc' ? sql`>` : sql`<`;
    return sql<SqlBool>`(${time(order)}, ${sql.ref(order.id)}) ${after} (${at}::timestamptz, ${id})`;
  },
  firstRows(order, limit) {
    const direction = order.direction === 'asc' ? sql`ASC` : sql`DESC`;
    return sql`ORDER BY ${time(order)} ${direction}, ${sql.ref(order.id)} ${direction} LIMIT ${limit}`;
  },
  readable: (row) => row,
};

function time({ times }: ListOrder): RawBuilder<unknown> {
  return sql`coalesce(${sql.join(times.map((name) => sql.ref(name)))}, timestamptz '0001-01-01 00:00:00+00')`;
}
