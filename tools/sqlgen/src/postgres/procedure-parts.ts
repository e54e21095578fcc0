import { KEY_TYPE } from './column-types.ts';
import { quoteName, type PostgresNames } from './names.ts';

/**
 * The time of a version, exact to the microsecond. Versions are 64-bit numbers; those beyond the
 * year 9999, which other databases cannot hold, count as its end.
 */
export const tombstoneTime = `timestamptz 'epoch'
        + least(source_version, 253402300799999999) / 1000000 * interval '1 second'
        + least(source_version, 253402300799999999) % 1000000 * interval '1 microsecond'`;

/** The rows of the parameter, each with its position. */
export function records(columns: readonly (readonly [string, string])[], indent: string): string {
  const definitions = columns.map(([name, type]) => `${indent}  ${name} ${type}`).join(',\n');
  const names = [...columns.map(([name]) => name), '_ordinal'].join(', ');
  return `ROWS FROM (
${indent}jsonb_to_recordset(events) AS (
${definitions}
${indent})
${indent.slice(2)}) WITH ORDINALITY AS event (${names})`;
}

/** Declares the events of the batch that replace a version: seldom any, and then only those. */
export const declareRepairs = `_repairs jsonb := jsonb_path_query_array(events, '$[*] ? (@._replaces_version != null)');`;

/** True for a row in conflict whose version an event of the batch replaces. */
export function isReplaced({ key }: PostgresNames): string {
  const names = key.map(quoteName);
  return `(${[...names.map((name) => `mirror.${name}`), 'mirror.source_version'].join(', ')}) IN (
        SELECT ${[...names, '_replaces_version'].join(', ')}
        FROM jsonb_to_recordset(_repairs) AS repair (
          ${[...names.map((name) => `${name} ${KEY_TYPE}`), '_replaces_version bigint'].join(', ')}
        )
      )`;
}

/**
 * What became of the events that were not written. It is a statement of its own because it has to
 * see what other writers committed while this one waited for their locks. It looks the rows up one
 * by one: for a join the planner may choose to read the whole table, and keep to that plan.
 */
export function classifyOutcomes(names: PostgresNames): string {
  const key = names.key.map(quoteName);
  const columns: readonly (readonly [string, string])[] = [
    ...key.map((name): [string, string] => [name, KEY_TYPE]),
    ['source_version', 'bigint'],
  ];
  const matches = key.map((name) => `mirror.${name} = event.${name}`).join(' AND ');
  return `  IF cardinality(_applied) = jsonb_array_length(events) THEN
    RETURN QUERY SELECT position, 'applied' FROM unnest(_applied) AS position;
    RETURN;
  END IF;

  -- A statement of its own, to see what other writers committed while this one waited for them.
  RETURN QUERY
  SELECT
    event._ordinal::integer,
    CASE
      WHEN event._ordinal = ANY (_applied) THEN 'applied'
      WHEN event.source_version = (
        SELECT mirror.source_version
        FROM ${quoteName(names.table)} AS mirror
        WHERE ${matches}
      ) THEN 'duplicate'
      ELSE 'stale'
    END
  FROM ${records(columns, '    ')};`;
}
