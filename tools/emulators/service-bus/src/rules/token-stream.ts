import { mistake, tokenize, type Token } from './sql-tokens.ts';

/** Reads the words of an expression one by one. What is expected and missing throws `invalid-argument`. */
export interface TokenStream {
  next(): Token;
  peek(ahead?: number): Token;
  /** Takes the next word if it is this symbol or, unquoted, this keyword. */
  take(word: string): boolean;
  expect(word: string): void;
  expectEnd(): void;
}

export function isWord(token: Token, word: string): boolean {
  if (token.type === 'symbol') return token.text === word;
  return token.type === 'name' && !token.quoted && token.text.toUpperCase() === word;
}

export function createTokenStream(expression: string): TokenStream {
  const tokens = tokenize(expression);
  const end: Token = { type: 'end', at: expression.length };
  let place = 0;
  const peek = (ahead = 0): Token => tokens[place + ahead] ?? end;
  const next = (): Token => {
    const token = peek();
    place += 1;
    return token;
  };
  const take = (word: string): boolean => {
    if (!isWord(peek(), word)) return false;
    place += 1;
    return true;
  };
  return {
    next,
    peek,
    take,
    expect(word) {
      if (!take(word)) throw mistake(`'${word}' is expected`, peek().at);
    },
    expectEnd() {
      if (peek().type !== 'end') throw mistake('the expression should end', peek().at);
    },
  };
}
