import { test, fc } from './property.ts';
import { describe, expect } from 'vitest';
import { SourceVersion } from '../src/index.ts';

const micros = fc.bigInt({ min: 0n, max: 253_402_300_799_999_999n });

describe('SourceVersion', () => {
  test.prop([micros])('survives text and RFC 3339 without losing a microsecond', (value) => {
    const version = SourceVersion.fromMicros(value);
    expect(SourceVersion.parse(version.toString()).micros).toBe(value);
    expect(SourceVersion.fromIso(version.toIso()).micros).toBe(value);
  });

  test.prop([micros, micros])('orders versions as their commit times are ordered', (a, b) => {
    const order = SourceVersion.fromMicros(a).compare(SourceVersion.fromMicros(b));
    expect(order).toBe(a === b ? 0 : a < b ? -1 : 1);
  });

  test('holds versions that a JavaScript number cannot', () => {
    const version = SourceVersion.parse('9223372036854775807');
    expect(version.toString()).toBe('9223372036854775807');
    expect(() => version.next()).toThrow(RangeError);
  });

  test('cuts off what is finer than a microsecond, as Firestore does', () => {
    expect(SourceVersion.fromIso('2025-10-08T12:34:00.123456789Z').toIso()).toBe(
      '2025-10-08T12:34:00.123456Z',
    );
    expect(SourceVersion.fromTimestamp(1, 1_999).micros).toBe(1_000_001n);
  });

  test.for(['', '-1', '1.5', '0x10', '9223372036854775808', '1e3'])('refuses "%s"', (text) => {
    expect(() => SourceVersion.parse(text)).toThrow(RangeError);
  });

  test.for(['2025-10-08', '2025-10-08T12:34:00+03:00', 'now', '2025-13-01T00:00:00Z'])(
    'refuses "%s" as a time',
    (text) => {
      expect(() => SourceVersion.fromIso(text)).toThrow(RangeError);
    },
  );
});
