import { InvalidArgumentError } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `30m`, `2h` or `3d`, in milliseconds. For an option of commander. */
export function duration(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  if (digits === undefined || unitMs === undefined) {
    throw new InvalidArgumentError('Expected a duration such as 90s, 30m, 2h or 3d.');
  }
  return Number(digits) * unitMs;
}

/** A whole number from 1 on. For an option of commander. */
export function positiveNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError('Expected a whole number from 1 on.');
  }
  return Number(text);
}

/** An option that may be given several times. For an option of commander. */
export function repeatable(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}
