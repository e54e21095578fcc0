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
 * year 9999 count as its end. DATEADD takes 32-bit numbers, hence the days and the fraction as text.
 */
const LAST_VERSION = 'CONVERT(bigint, 253402300799999999)';
const TOMBSTONE_TIME = `CONVERT(datetime2(6), CONCAT(
        CONVERT(char(19), DATEADD(SECOND, _Moment / 1000000 % 86400, DATEADD(DAY, _Moment / 1000000 / 86400, CONVERT(datetime2(0), '1970-01-01'))), 120),
        '.', RIGHT(CONCAT('00000', _Moment % 1000000), 6)))`;

/** The columns of the table variable with the events of a call. */
function eventColumns(
  entity: Entity,
  names: SqlServerNames,
  withFields: boolean,
): readonly (readonly [name: string, type: string])[] {
  return [
    ['_Ordinal', 'int NOT NULL'],
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
    ['_ReplacesVersion', 'bigint'],
    ['_Newest', 'int NOT NULL'],
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
    ['_Deleted', deleted],
    ['_ReplacesVersion', `CONVERT(bigint, ${valueOf('_ReplacesVersion')})`],
  ];
  const newestFirst = 'SourceVersion DESC, CASE WHEN _Deleted = 1 THEN 0 ELSE 1 END, _Ordinal';
  const selected = columns.map(([name]) => {
    if (name === 'DeletedAt') {
      return `CASE WHEN _Deleted = 1 THEN ${TOMBSTONE_TIME} END`;
    }
    if (name === '_Newest') {
      return `FIRST_VALUE(_Ordinal) OVER (PARTITION BY ${bytes.join(', ')} ORDER BY ${newestFirst})`;
    }
    return name;
  });
  return `  -- In the order of the keys: what is read from it in that order locks rows in that order.
  DECLARE @event TABLE (
${columns.map(([name, type]) => `    ${name.padEnd(width)} ${type},`).join('\n')}
    PRIMARY KEY (${[...bytes, '_Ordinal'].join(', ')}),
    UNIQUE (_Ordinal)
  );

  WITH given AS (
    SELECT
      CONVERT(int, element.[key]) + 1 AS _Ordinal,
      field.[key] COLLATE Latin1_General_100_BIN2 AS Name,
      ${json.length > 0 ? quotedWhenText(json) : 'field.[value]'} AS Value
    FROM OPENJSON(@events) AS element
    CROSS APPLY OPENJSON(element.[value]) AS field
    WHERE field.[key] <> N'_Pieces'
    UNION ALL
    SELECT
      CONVERT(int, element.[key]) + 1,
      field.[key] COLLATE Latin1_General_100_BIN2,
      joined.Value
    FROM OPENJSON(@events) AS element
    CROSS APPLY OPENJSON(element.[value], N'$._Pieces') AS field
    CROSS APPLY (
      SELECT STRING_AGG(
          CASE piece.[type] WHEN 2 THEN NCHAR(CONVERT(int, piece.[value])) ELSE piece.[value] END, N''
        ) WITHIN GROUP (ORDER BY CONVERT(int, piece.[key])) AS Value
      FROM OPENJSON(field.[value]) AS piece
    ) AS joined
  ), event AS (
    SELECT
      _Ordinal,
${texts.map(([name, value]) => `      ${value} AS ${name}`).join(',\n')}
    FROM given
    GROUP BY _Ordinal
  ), placed AS (
    SELECT
      *,
${names.key.map((name, at) => `      dbo.fn_StoreMirror_Utf8(${quoteName(name)}) AS ${quoteName(names.keyBytes[at] ?? '')}`).join(',\n')},
      CASE WHEN SourceVersion < ${LAST_VERSION} THEN SourceVersion ELSE ${LAST_VERSION} END AS _Moment
    FROM event
  )
  INSERT @event (
    ${columns.map(([name]) => name).join(', ')}
  )
  SELECT
${selected.map((value) => `    ${value}`).join(',\n')}
  FROM placed;`;
}

/** The JSON of a column: text stands in quotes. */
function quotedWhenText(columns: readonly string[]): string {
  return `CASE
        WHEN field.[type] = 1 AND field.[key] IN (${columns.join(', ')})
          THEN N'"' + STRING_ESCAPE(field.[value], 'json') + N'"'
        ELSE field.[value]
      END`;
}

/** The conditions that join a row of the mirror with an event. */
export function sameKey(names: SqlServerNames, event: string): string {
  return names.keyBytes
    .map(quoteName)
    .map((name) => `mirror.${name} = ${event}.${name}`)
    .join(' AND ');
}
