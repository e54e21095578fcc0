/** What stands for something that may differ from run to run. */
const ANYTHING = '…';

/**
 * Whether a command printed what the document shows. `…` in a line stands for any text in it, a line
 * of its own for any lines; blanks at line ends and empty lines at both ends do not count.
 */
export function matchesOutput(printed: string, shown: string): boolean {
  const pattern = tidy(shown)
    .split('\n')
    .map((line) =>
      line.trim() === ANYTHING
        ? '(?:.*\\n)*'
        : `${line.split(ANYTHING).map(literally).join('.*')}\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(`${tidy(printed)}\n`);
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
