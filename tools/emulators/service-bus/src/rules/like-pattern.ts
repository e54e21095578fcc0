import { BrokerError } from '../broker/broker-error.ts';

const SPECIAL = /[\\^$.*+?()[\]{}|/-]/;
const compiled = new Map<string, RegExp>();
const MOST_REMEMBERED = 1000;

/**
 * Says whether a text is like a pattern: `%` stands for anything, `_` for one character, and `escape`
 * takes the meaning from the character after it. Throws `invalid-argument` on a wrong escape.
 */
export function isLike(text: string, pattern: string, escape: string | undefined): boolean {
  const key = `${escape ?? ''}\0${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    if (compiled.size >= MOST_REMEMBERED) compiled.clear();
    compiled.set(key, (expression = compileLike(pattern, escape)));
  }
  return expression.test(text);
}

function compileLike(pattern: string, escape: string | undefined): RegExp {
  if (escape !== undefined && !/^.$/su.test(escape)) {
    throw new BrokerError('invalid-argument', 'The escape of LIKE must be one character.');
  }
  let source = '';
  let escaped = false;
  for (const character of pattern) {
    if (!escaped && character === escape) {
      escaped = true;
      continue;
    }
    if (!escaped && character === '%') source += '[\\s\\S]*';
    else if (!escaped && character === '_') source += '[\\s\\S]';
    else source += SPECIAL.test(character) ? `\\${character}` : character;
    escaped = false;
  }
  if (escaped) throw new BrokerError('invalid-argument', 'The pattern of LIKE ends in its escape.');
  return new RegExp(`^${source}$`, 'u');
}
