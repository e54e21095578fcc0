/**
 * Applies a change as documents show it: lines that begin with a space or with `-` stand in the
 * file as they are, next to each other and in one place only; those with `-` go, those with `+` come.
 *
 * @throws Error when there is no such place, or more than one
 */
export function applyChange(text: string, change: string): string {
  const lines = change.split('\n').filter((line) => !line.startsWith('@@'));
  const side = (sign: '-' | '+') =>
    lines
      .filter((line) => line === '' || line.startsWith(' ') || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const before = `\n${side('-')}`;
  const places = `\n${text}`.split(before).length - 1;
  if (places !== 1) {
    throw new Error(`the lines of the change stand in the file ${places} times, not once`);
  }
  return `\n${text}`.replace(before, () => `\n${side('+')}`).slice(1);
}
