import type { MigrationStep } from '@ayna/sql-gateway';

/** A line for each file: why, and its name. */
export function stepLines(steps: readonly MigrationStep[]): string {
  return steps.map(({ file, reason }) => `  ${reason.padEnd(7)}  ${file.name}\n`).join('');
}

/** A line of JSON for each file: `name`, `reason` and `checksum`. */
export function stepJson(steps: readonly MigrationStep[]): string {
  return steps
    .map(
      ({ file: { name, checksum }, reason }) => `${JSON.stringify({ name, reason, checksum })}\n`,
    )
    .join('');
}

/** `1 file`, `12 files`. */
export function fileCount(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
