import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { ListDialect } from './list-dialect.ts';

/**
 * Lists in SQL Server. Rows are found and ordered by the UTF-8 bytes of their keys: text compares
 * with trailing blanks left out.
 */
export const sqlServerLists: ListDialect = {
  keyIs: (column, value) => sql<SqlBool>`${bytesOf(column)} = ${Buffer.from(value)}`,
  textIs: (column, value) => isExactly(sql.ref(column), value),
  jsonHolds: (column, value) =>
    sql<SqlBool>`EXISTS (
      SELECT 1 FROM OPENJSON(CONCAT('[', ${sql.ref(column)}, ']')) AS whole
      CROSS APPLY (
        SELECT whole.[value] AS [value] WHERE whole.[type] = 1
        UNION ALL
        SELECT element.[value]
        FROM OPENJSON(CASE WHEN whole.[type] = 4 THEN whole.[value] END) AS element
        WHERE element.[type] = 1
      ) AS held
      WHERE ${isExactly(sql.raw('held.[value]'), value)}
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

/** With a dot behind both, because blanks at the end do not count. */
function isExactly(text: RawBuilder<unknown>, value: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${text} + N'.' = ${`${value}.`} COLLATE Latin1_General_100_BIN2`;
}

function bytesOf(column: string): RawBuilder<unknown> {
  return sql`${sql.ref(`${column}Utf8`)}`;
}

/** The columns of the migration `0005_client_reads`. */
function time(): RawBuilder<unknown> {
  return sql.ref('listedAt');
}
