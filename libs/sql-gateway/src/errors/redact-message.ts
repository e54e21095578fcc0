/** Where the message of an error begins to repeat data, and what may follow behind the data. */
interface Place {
  readonly before: RegExp;
  readonly behind?: RegExp;
}

const KEY: Place = { before: /key value is |(?=\()/i };
const TRUNCATED: Place = { before: /Truncated value: /i };
const CONVERTED: Place = { before: / value (?=')/i, behind: /' (to data type|overflowed) [^']*$/i };
const NUMERIC: Place = { before: /value = / };
const CHARACTER: Place = { before: /Unexpected character (?=')/i, behind: /' is found [^']*$/i };

/** Numbers whose messages hold values of rows or parameters. */
const places: Readonly<Record<number, Place>> = {
  220: NUMERIC,
  232: NUMERIC,
  244: CONVERTED,
  245: CONVERTED,
  248: CONVERTED,
  1505: KEY,
  2601: KEY,
  2627: KEY,
  2628: TRUNCATED,
  3606: NUMERIC,
  13609: CHARACTER,
};

/** Messages with values from engines that give no such numbers. */
const anywhere: readonly Place[] = [
  { before: /key value is /i },
  TRUNCATED,
  { before: /invalid input (syntax|value) for [^:"]*: (?=")/i },
  { before: /field value out of range: (?=")/i },
  { before: /\bvalue (?=")/i, behind: /" is out of range [^"]*$/i },
  { before: /Failing row contains /i },
];

/**
 * Cuts the values of rows and parameters out of what the server says: the key of a duplicate, text
 * that was too long or could not be converted. A message that must hold one, in words that are not
 * known, is withheld whole.
 *
 * @example
 * redactMessage(2627, "... The duplicate key value is (a, b).") // '... The duplicate key value is …'
 */
export function redactMessage(number: number | undefined, message: string): string {
  const firstLine = message.split('\n', 1)[0]?.trim() ?? '';
  const known = number === undefined ? undefined : places[number];
  if (known === KEY && !message.includes('(')) return firstLine;
  if (known) return cut(message, known) ?? 'the server refused a value (its words are withheld)';
  for (const place of anywhere) {
    const short = cut(message, place);
    if (short !== undefined) return short;
  }
  return firstLine;
}

function cut(message: string, { before, behind }: Place): string | undefined {
  const start = before.exec(message);
  if (!start) return undefined;
  const rest = message.slice(start.index + start[0].length);
  const end = behind?.exec(rest)?.[0].replace(/^['"]/, '') ?? '';
  return `${message.slice(0, start.index + start[0].length)}…${end}`;
}
