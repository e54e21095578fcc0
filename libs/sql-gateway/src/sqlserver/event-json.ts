import type { ColumnValue } from '@ayna/contract';

/** A text, or the value of a column of JSON. */
export type EventValue = string | { readonly json: ColumnValue };

/**
 * An event as JSON for the procedures. Texts with characters that JSON has to escape come in pieces:
 * not every engine that speaks T-SQL undoes the escapes of a string. In JSON within JSON the escapes
 * stay what they are.
 */
export function eventJson(values: Readonly<Record<string, EventValue>>): string {
  const plain: Record<string, ColumnValue> = {};
  const pieces: Record<string, (string | number)[]> = {};
  for (const [name, value] of Object.entries(values)) {
    const text = typeof value === 'string' ? value : textOfJson(value.json);
    if (text === undefined) plain[name] = (value as { readonly json: ColumnValue }).json;
    else if (ESCAPED.test(text)) pieces[name] = inPieces(text);
    else plain[name] = text;
  }
  return JSON.stringify(Object.keys(pieces).length > 0 ? { ...plain, _Pieces: pieces } : plain);
}

/** What JSON escapes in a string: quotes, backslashes and control characters. */
const ESCAPED = /["\\\p{Cc}]/u;

/** JSON that is a string is given as the text of its JSON, with the quotes. */
function textOfJson(json: ColumnValue): string | undefined {
  return typeof json === 'string' ? JSON.stringify(json) : undefined;
}

/** `a"b` -> `["a", 34, "b"]`. */
function inPieces(text: string): (string | number)[] {
  return text
    .split(/(["\\\p{Cc}])/u)
    .filter((piece) => piece !== '')
    .map((piece) => (ESCAPED.test(piece) ? piece.charCodeAt(0) : piece));
}
