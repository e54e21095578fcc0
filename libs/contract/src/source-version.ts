const MAX_VERSION = 9_223_372_036_854_775_807n;
const MICROS_PER_SECOND = 1_000_000n;

/**
 * The version of a Firestore document: its commit time in microseconds since 1970-01-01 UTC.
 *
 * It orders every change of one document: a row that carries version `a` is never overwritten by an
 * event that carries a version below `a`. Fits a signed 64-bit column (`bigint`) and is larger than
 * a JavaScript number can hold exactly, so it travels as a decimal string.
 *
 * @example
 * SourceVersion.parse('1760000000000001').compare(SourceVersion.fromTimestamp(1_760_000_000, 2_000)) // -1
 */
export class SourceVersion {
  readonly micros: bigint;

  private constructor(micros: bigint) {
    this.micros = micros;
  }

  /** @throws RangeError when `micros` does not fit a non-negative signed 64-bit integer. */
  static fromMicros(micros: bigint): SourceVersion {
    if (micros < 0n || micros > MAX_VERSION) {
      throw new RangeError(
        `sourceVersion must be between 0 and ${MAX_VERSION.toString()} microseconds, got ${micros.toString()}`,
      );
    }
    return new SourceVersion(micros);
  }

  /** The version of a commit time, given as Firestore gives it: seconds and nanoseconds. */
  static fromTimestamp(seconds: number | bigint, nanoseconds: number): SourceVersion {
    return SourceVersion.fromMicros(
      BigInt(seconds) * MICROS_PER_SECOND + BigInt(Math.trunc(nanoseconds / 1_000)),
    );
  }

  /**
   * The version of an RFC 3339 time in UTC, with up to nine digits of fraction; what is finer than
   * a microsecond is cut off, as Firestore does.
   *
   * @throws RangeError when the text is not such a time.
   */
  static fromIso(text: string): SourceVersion {
    const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/.exec(text);
    const millis = match ? Date.parse(`${match[1] ?? ''}Z`) : Number.NaN;
    if (!match || Number.isNaN(millis)) {
      throw new RangeError(`expected an RFC 3339 time in UTC, got ${JSON.stringify(text)}`);
    }
    const fraction = (match[2] ?? '').padEnd(6, '0').slice(0, 6);
    return SourceVersion.fromMicros(BigInt(millis) * 1_000n + BigInt(fraction));
  }

  /** @throws RangeError when the text is not a decimal integer in range. */
  static parse(text: string): SourceVersion {
    if (!/^\d{1,19}$/.test(text)) {
      throw new RangeError(`sourceVersion must be a decimal integer, got ${JSON.stringify(text)}`);
    }
    return SourceVersion.fromMicros(BigInt(text));
  }

  /** The smallest version above this one. */
  next(): SourceVersion {
    return SourceVersion.fromMicros(this.micros + 1n);
  }

  /** Negative, zero or positive, as `Array.prototype.sort` wants it. */
  compare(other: SourceVersion): -1 | 0 | 1 {
    if (this.micros === other.micros) return 0;
    return this.micros < other.micros ? -1 : 1;
  }

  /** RFC 3339 in UTC, always with six digits of fraction. */
  toIso(): string {
    const seconds = this.micros / MICROS_PER_SECOND;
    const fraction = (this.micros % MICROS_PER_SECOND).toString().padStart(6, '0');
    const whole = new Date(Number(seconds) * 1_000).toISOString().slice(0, -5);
    return `${whole}.${fraction}Z`;
  }

  toString(): string {
    return this.micros.toString();
  }

  toJSON(): string {
    return this.toString();
  }
}
