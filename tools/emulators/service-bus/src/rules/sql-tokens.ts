import { BrokerError } from '../broker/broker-error.ts';

/** A word of an expression. Keywords are names too: only the parser knows where they mean something. */
export type Token =
  | { readonly type: 'name'; readonly text: string; readonly quoted: boolean; readonly at: number }
  | { readonly type: 'string'; readonly text: string; readonly at: number }
  | { readonly type: 'number'; readonly value: number | bigint; readonly at: number }
  | { readonly type: 'parameter'; readonly text: string; readonly at: number }
  | { readonly type: 'symbol'; readonly text: string; readonly at: number }
  | { readonly type: 'end'; readonly at: number };

const PATTERN =
  /\s*(?:(?<string>N?'(?:[^']|'')*')|(?<bracketed>\[(?:[^\]]|\]\])+\])|(?<quoted>"(?:[^"]|"")+")|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<parameter>@[\p{L}_@#$][\p{L}\p{N}_@#$]*)|(?<name>[\p{L}_$#][\p{L}\p{N}_@#$]*)|(?<symbol><=|>=|<>|!=|[-+*/%=<>(),.;]))/uy;

/** Reports a mistake in an expression. */
export function mistake(message: string, at: number): BrokerError {
  return new BrokerError(
    'invalid-argument',
    `There was an error parsing the SQL expression: ${message} at position ${at}.`,
  );
}

/** Takes an expression apart. Throws `invalid-argument`. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const end = expression.trimEnd().length;
  while (at < end) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(expression);
    if (!match?.groups) throw mistake(`unexpected '${expression.slice(at, at + 10)}'`, at);
    tokens.push(toToken(match.groups, at));
    at = PATTERN.lastIndex;
  }
  tokens.push({ type: 'end', at: end });
  return tokens;
}

function toToken(groups: Readonly<Record<string, string | undefined>>, at: number): Token {
  const { string, bracketed, quoted, number, parameter, name, symbol } = groups;
  if (string !== undefined) {
    const text = string.slice(string.indexOf("'") + 1, -1).replaceAll("''", "'");
    return { type: 'string', text, at };
  }
  if (bracketed !== undefined) {
    return { type: 'name', text: bracketed.slice(1, -1).replaceAll(']]', ']'), quoted: true, at };
  }
  if (quoted !== undefined) {
    return { type: 'name', text: quoted.slice(1, -1).replaceAll('""', '"'), quoted: true, at };
  }
  if (number !== undefined) {
    const value = Number(number);
    const exact = /^\d+$/.test(number) && !Number.isSafeInteger(value);
    return { type: 'number', value: exact ? BigInt(number) : value, at };
  }
  if (parameter !== undefined) return { type: 'parameter', text: parameter, at };
  if (name !== undefined) return { type: 'name', text: name, quoted: false, at };
  return { type: 'symbol', text: symbol ?? '', at };
}
