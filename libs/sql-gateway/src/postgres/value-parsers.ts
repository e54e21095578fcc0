import pg from 'pg';

const { builtins } = pg.types;

const asText = (text: string): string => text;

const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, asText],
  [builtins.NUMERIC, asText],
  [builtins.DATE, asText],
  [builtins.TIMESTAMP, (text) => withMicros(text.replace(' ', 'T'))],
  [builtins.TIMESTAMPTZ, timestamptz],
]);

type AnyTypeParser = (oid: number, format?: string) => (text: string) => unknown;

/** Reads what a JavaScript number or `Date` cannot hold as text; all else as `pg` does. */
export const exactTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    (pg.types.getTypeParser as AnyTypeParser)(oid, format),
};

/**
 * `2026-01-02 03:04:05.6+00` -> `2026-01-02T03:04:05.600000Z`. What has no such form (`infinity`,
 * years before 1 or after 9999, sessions that are not in ISO style) stays as it came.
 */
function timestamptz(text: string): string {
  const match =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/.exec(
      text,
    );
  if (!match) return text;
  const [, date = '', time = '', fraction = '', sign, hours, minutes = 0, seconds = 0] = match;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  const micros = fraction.padEnd(6, '0');
  if (offset === 0) return `${date}T${time}.${micros}Z`;
  const millis = Date.parse(`${date}T${time}Z`) - (sign === '-' ? -offset : offset) * 1_000;
  const iso = new Date(millis).toISOString();
  return /^\d{4}-/.test(iso) ? `${iso.slice(0, 19)}.${micros}Z` : text;
}

function withMicros(text: string): string {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(text);
  return match ? `${match[1] ?? ''}.${(match[2] ?? '').padEnd(6, '0')}` : text;
}
