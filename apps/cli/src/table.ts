/** A row of a table, and what stands below it on a line of its own. */
export interface Row {
  readonly cells: readonly string[];
  readonly below?: string;
}

const GAP = '  ';
const INDENT = '    ';
const ELLIPSIS = '…';

/** The width to fit a table in: that of the terminal, or any when the output goes to a file. */
export function tableWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

/**
 * Formats rows that arrive a page at a time. Every column but the last is as wide as the widest
 * value so far; what goes beyond the width of the table is cut.
 */
export function tableWriter(
  headings: readonly string[],
  width: number,
): (rows: readonly Row[]) => string {
  const widths = headings.map((heading) => heading.length);
  const cut = (text: string) =>
    text.length > width ? `${text.slice(0, width - 1)}${ELLIPSIS}\n` : `${text}\n`;
  const line = (cells: readonly string[]) =>
    cut(
      cells
        .map((cell, at) => (at === headings.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join(GAP)
        .trimEnd(),
    );
  let begun = false;
  return (rows) => {
    const clean = rows.map(({ cells, below }) => ({ cells: cells.map(plainLine), below }));
    for (const { cells } of clean) {
      for (const [at, cell] of cells.entries()) {
        widths[at] = Math.max(widths[at] ?? 0, cell.length);
      }
    }
    const heading = begun || rows.length === 0 ? '' : line(headings);
    begun ||= rows.length > 0;
    const lines = clean.map(
      ({ cells, below }) =>
        line(cells) + (below === undefined ? '' : cut(`${INDENT}${plainLine(below)}`)),
    );
    return heading + lines.join('');
  };
}

/** Values of one line of output, each made plain. */
export function plainCells(...cells: readonly string[]): string {
  return `${cells.map(plainLine).join(GAP)}\n`;
}

/** A text on one line and without control characters, which could do anything to a terminal. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** A text without control characters other than line breaks and tabs. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
}
