/** A time as rows hold it: RFC 3339 in UTC with six digits of fraction. */
export function isoMicros(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
