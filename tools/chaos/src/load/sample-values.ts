import { GeoPointValue, ReferenceValue, TimestampValue, VectorValue } from '@ayna/contract';
import type { Random } from '@ayna/processes';

const BASE_SECONDS = 1_760_000_000;
const LAST_SECOND_OF_9999 = 253_402_300_799;
const MAX_DEPTH = 3;

const TEXTS = [
  '',
  ' ',
  'ığüşöç ĞÜŞİÖÇ, yarın saat 10:30’da',
  'שלום עולם ‏RTL‏ mixed with LTR',
  '👩‍👩‍👧‍👦 𝒳 e\u0301 \u{10FFFF}',
  'nul \u0000 inside',
  "Robert'); DROP TABLE dm_messages_mirror;--",
  'line one\nline two\ttabbed\\ "quoted" \u2028',
  '{"__datatype__":"integer","value":"1"}',
] as const;

export function sampleText(random: Random): string {
  return random.pick(TEXTS);
}

/** About `bytes` of text that does not compress to nothing and has characters of two bytes. */
export function longText(random: Random, bytes: number): string {
  return `${random.below(1e9)} ${'ğ'.repeat(Math.floor(bytes / 2))}`;
}

export function sampleTimestamp(random: Random): TimestampValue {
  return new TimestampValue(BASE_SECONDS + random.below(1e7), random.below(1_000_000) * 1_000);
}

/** A value of any kind that Firestore has, with what is odd about each. */
export function sampleValue(random: Random, depth = 0): unknown {
  const kinds = [
    () => null,
    () => random.next() < 0.5,
    () => random.below(1_000) - 500,
    () => 9_007_199_254_740_993n,
    () => -9_223_372_036_854_775_808n,
    () => random.next() * 1e-9,
    () => random.pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324]),
    () => sampleText(random),
    () => sampleTimestamp(random),
    () => new TimestampValue(LAST_SECOND_OF_9999, 999_999_000),
    () => new TimestampValue(-62_135_596_800, 0),
    () => new GeoPointValue(random.next() * 180 - 90, random.next() * 360 - 180),
    () => new ReferenceValue('conversations/c1/messages/m1'),
    () => Uint8Array.from({ length: random.below(40) }, () => random.below(256)),
    () => new VectorValue([random.next(), -1, 0.5]),
    () => sampleMap(random, depth),
    // Firestore has no arrays directly in arrays.
    () => [null, sampleText(random), sampleTimestamp(random), sampleMap(random, depth)],
  ] as const;
  return random.pick<() => unknown>(kinds)();
}

const NAMES = [
  'a',
  'ğ',
  'with space',
  'dot.ted',
  '`tick`',
  'constructor',
  'prototype',
  '0',
] as const;

function sampleMap(random: Random, depth: number): Record<string, unknown> {
  if (depth >= MAX_DEPTH) return {};
  return Object.fromEntries(
    Array.from({ length: random.below(4) }, () => [
      random.pick(NAMES),
      sampleValue(random, depth + 1),
    ]),
  );
}
