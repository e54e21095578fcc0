import { CompiledQuery, type Kysely } from 'kysely';

/**
 * Runs a statement as it is written and returns its rows. Parameters are `$1`, `$2`, ... in
 * PostgreSQL and `@1`, `@2`, ... in SQL Server, where the rows of several result sets follow one
 * another and a statement without parameters is a batch of its own.
 */
export async function runSql<Row>(
  kysely: Kysely<unknown>,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const query: CompiledQuery<Row> = CompiledQuery.raw(text, [...parameters]);
  return (await kysely.executeQuery(query)).rows;
}
