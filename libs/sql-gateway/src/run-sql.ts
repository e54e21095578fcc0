import { CompiledQuery, type Kysely } from 'kysely';

/** Runs a statement as it is written, with `$1`, `$2`, ... and returns its rows. */
export async function runSql<Row>(
  kysely: Kysely<unknown>,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const query: CompiledQuery<Row> = CompiledQuery.raw(text, [...parameters]);
  return (await kysely.executeQuery(query)).rows;
}
