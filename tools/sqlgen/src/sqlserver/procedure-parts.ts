import { pascalCase, type Entity } from '@ayna/contract';
import { generatedNote } from '../generated-note.ts';
import { columnTypes, columnValues, KEY_BYTES_TYPE, KEY_TYPE } from './column-types.ts';
import { quoteName, type SqlServerNames } from './names.ts';

/** The file of a procedure: made when it is not there, then given its text. */
export function procedureFile(
  entity: Entity,
  procedure: { readonly name: string; readonly about: string; readonly text: string },
): string {
  const { name, about, text } = procedure;
  return `${generatedNote(entity)}
--
${about}
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF OBJECT_ID(N'${name}', N'P') IS NULL EXEC(N'CREATE PROCEDURE ${name} AS RETURN 0;');
GO
ALTER PROCEDURE ${name}
${text}
GO
GRANT EXECUTE ON ${name} TO ayna_writer;
`;
}

/**
 * The time of a version, exact to the microsecond. Versions are 64-bit numbers; those beyond the
 * year 9999 count as its end. DATEADD takes 32-bit numbers, hence the days.
 */
const LAST_VERSION = 'CONVERT(bigint, 253402300799999999)';
export const TOMBSTONE_TIME = `DATEADD(MICROSECOND, Moment % 1000000,
        DATEADD(SECOND, Moment / 1000000 % 86400,
          DATEADD(DAY, Moment / 1000000 / 86400, CONVERT(datetime2(6), '1970-01-01'))))`;

/** The columns of the table variable with the events of a call. */
function eventColumns(
  entity: Entity,
  names: SqlServerNames,
  withFields: boolean,
): readonly (readonly [name: string, type: string])[] {
  return [
    ['Ordinal', 'int NOT NULL'],
    ...names.key.map((name): [string, string] => [quoteName(name), `${KEY_TYPE} NOT NULL`]),
    ...names.keyBytes.map((name): [string, string] => [
      quoteName(name),
      `${KEY_BYTES_TYPE} NOT NULL`,
    ]),
    ...(withFields
      ? Object.entries(entity.fields).map(([name, { kind }]): [string, string] => [
          quoteName(pascalCase(name)),
          columnTypes[kind],
        ])
      : []),
    ['SourceVersion', 'bigint NOT NULL'],
    ['EventId', 'nvarchar(max)'],
    ['SyncSource', 'nvarchar(32)'],
    ['RetryCount', 'int'],
    ['DeletedAt', 'datetime2(6)'],
    ['ReplacesVersion', 'bigint'],
    ['NewestOrdinal', 'int NOT NULL'],
  ];
}

/** Reads the parameters into `@event`: each event with its position and the newest one of its key. */
export function readEvents(entity: Entity, names: SqlServerNames, withFields: boolean): string {
  const columns = eventColumns(entity, names, withFields);
  const width = Math.max(...columns.map(([name]) => name.length));
  const bytes = names.keyBytes.map(quoteName);
  const valueOf = (name: string): string => `MAX(CASE WHEN Name = N'${name}' THEN Value END)`;
  const json = withFields
    ? Object.entries(entity.fields)
        .filter(([, { kind }]) => kind === 'json')
        .map(([name]) => `N'${pascalCase(name)}'`)
    : [];
  const deleted = withFields ? `CONVERT(bit, ${valueOf('_Deleted')})` : 'CONVERT(bit, 1)';
  const texts: readonly (readonly [name: string, value: string])[] = [
    ...names.key.map((name): [string, string] => [quoteName(name), valueOf(name)]),
    ...(withFields
      ? Object.entries(entity.fields).map(([name, { kind }]): [string, string] => [
          quoteName(pascalCase(name)),
          columnValues[kind](valueOf(pascalCase(name))),
        ])
      : []),
    ['SourceVersion', `CONVERT(bigint, ${valueOf('SourceVersion')})`],
    ['EventId', valueOf('EventId')],
    ['SyncSource', valueOf('SyncSource')],
    ['RetryCount', `CONVERT(int, ${valueOf('RetryCount')})`],
    ['Deleted', deleted],
    ['ReplacesVersion', `CONVERT(bigint, ${valueOf('_ReplacesVersion')})`],
  ];
  const newestFirst = 'SourceVersion DESC, CASE WHEN Deleted = 1 THEN 0 ELSE 1 END, Ordinal';
  const selected = columns.map(([name]) => {
    if (name === 'DeletedAt') {
      return `CASE WHEN Deleted = 1 THEN ${TOMBSTONE_TIME} END`;
    }
    if (name === 'NewestOrdinal') {
      return `FIRST_VALUE(Ordinal) OVER (PARTITION BY ${bytes.join(', ')} ORDER BY ${newestFirst})`;
    }
    return name;
  });
  return `  -- In the order of the keys: what is read from it in that order locks rows in that order.
  DECLARE @event TABLE (
${columns.map(([name, type]) => `    ${name.padEnd(width)} ${type},`).join('\n')}
    PRIMARY KEY (${[...bytes, 'Ordinal'].join(', ')}),
    UNIQUE (Ordinal)
  );

  WITH given AS (
    SELECT Ordinal, Name, Value FROM @values
    UNION ALL
    SELECT CONVERT(int, element.[key]) + 1, field.[key] COLLATE Latin1_General_100_BIN2,${
      json.length > 0
        ? `
      CASE
        WHEN field.[type] = 1 AND field.[key] IN (${json.join(', ')})
          THEN N'"' + STRING_ESCAPE(field.[value], 'json') + N'"'
        ELSE field.[value]
      END`
        : ' field.[value]'
    }
    FROM OPENJSON(@events) AS element
    CROSS APPLY OPENJSON(element.[value]) AS field
  ), event AS (
    SELECT
      Ordinal,
${texts.map(([name, value]) => `      ${value} AS ${name}`).join(',\n')}
    FROM given
    GROUP BY Ordinal
  ), placed AS (
    SELECT
      *,
${names.key.map((name, at) => `      dbo.fn_StoreMirror_Utf8(${quoteName(name)}) AS ${quoteName(names.keyBytes[at] ?? '')}`).join(',\n')},
      CASE WHEN SourceVersion < ${LAST_VERSION} THEN SourceVersion ELSE ${LAST_VERSION} END AS Moment
    FROM event
  )
  INSERT @event (
    ${columns.map(([name]) => name).join(', ')}
  )
  SELECT
${selected.map((value) => `    ${value}`).join(',\n')}
  FROM placed;`;
}

/** The conditions that join a row of the mirror with an event. */
export function sameKey(names: SqlServerNames, event: string): string {
  return names.keyBytes
    .map(quoteName)
    .map((name) => `mirror.${name} = ${event}.${name}`)
    .join(' AND ');
}
