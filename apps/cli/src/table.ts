/** A column of a table: its heading, and how wide it is at least. */
export interface Column {
  readonly heading: string;
  readonly minWidth?: number;
}

const GAP = '  ';
const ELLIPSIS = '…';

/** The width to fit a table in: that of the terminal, or any when the output goes to a file. */
export function tableWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

/**
 * Formats rows that arrive a page at a time. Every column but the last is as wide as the widest
 * value so far; the last is cut at the width of the table.
 */
export function tableWriter(
  columns: readonly Column[],
  width: number,
): (rows: readonly (readonly string[])[]) => string {
  const widths = columns.map(({ heading, minWidth = 0 }) => Math.max(heading.length, minWidth));
  let begun = false;
  const line = (cells: readonly string[]) => {
    const text = cells
      .map((cell, at) => (at === columns.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join(GAP)
      .trimEnd();
    return text.length > width ? `${text.slice(0, width - 1)}${ELLIPSIS}\n` : `${text}\n`;
  };
  return (rows) => {
    const clean = rows.map((row) => row.map(plainLine));
    for (const row of clean) {
      for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
    }
    const heading = begun || rows.length === 0 ? '' : line(columns.map((column) => column.heading));
    begun ||= rows.length > 0;
    return heading + clean.map(line).join('');
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
