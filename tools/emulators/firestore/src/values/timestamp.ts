/**
 * Microseconds since the Unix epoch. Commit times are kept in this unit: it is Firestore's own
 * resolution, and a JavaScript number holds it exactly until the year 2255.
 */
export type Micros = number;

const MICROS_PER_SECOND = 1_000_000;

/** A point in time as protobuf has it: `seconds` may be negative, `nanos` is 0..999,999,999. */
export class Timestamp {
  readonly seconds: number;
  readonly nanos: number;

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds;
    this.nanos = nanos;
  }

  static fromMicros(micros: Micros): Timestamp {
    const seconds = Math.floor(micros / MICROS_PER_SECOND);
    return new Timestamp(seconds, (micros - seconds * MICROS_PER_SECOND) * 1000);
  }

  /** Exact for the times a commit can have; digits below a microsecond are dropped. */
  toMicros(): Micros {
    return this.seconds * MICROS_PER_SECOND + Math.floor(this.nanos / 1000);
  }
}

/** RFC 3339 in UTC with six fractional digits, e.g. `2026-01-31T09:30:00.123456Z`. */
export function formatMicros(micros: Micros): string {
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  const fraction = String(micros - seconds * MICROS_PER_SECOND).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
