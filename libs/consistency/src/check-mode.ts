import { AynaError, SourceVersion, type Entity } from '@ayna/contract';
import type { MirrorStore } from '@ayna/sql-gateway';
import { isDocumentKey } from './document-key.ts';
import { randomFrom } from './random.ts';
import type { KeyRange } from './sighting.ts';

/** Which part of the mirror is checked. */
export type CheckMode =
  | { readonly kind: 'full' }
  /** Ranges of the key space, chosen at random. The same seed on the same table chooses the same. */
  | { readonly kind: 'sample'; readonly fraction: number; readonly seed: number }
  /** What was changed at or after a time, on either side. */
  | { readonly kind: 'since'; readonly since: SourceVersion };

/** Rows in a range of a sample, about. */
const RANGE_ROWS = 100;
/** The cuts of a table are held in memory, so a large one is cut into larger ranges. */
const MAX_RANGES = 10_000;

/** The parts of an entity's key space that a mode looks at. */
export async function rangesOf(
  mode: CheckMode,
  entity: Entity,
  store: MirrorStore,
): Promise<KeyRange[]> {
  if (mode.kind !== 'sample') return [{}];
  const rows = await store.count(entity, { includeTombstones: true });
  const every = Math.max(RANGE_ROWS, Math.ceil(rows / MAX_RANGES));
  const cuts = (await store.boundaries(entity, every)).filter((key) => isDocumentKey(entity, key));
  const ranges = [undefined, ...cuts].map((after, at) => {
    const upTo = cuts[at];
    return { ...(after && { after }), ...(upTo && { upTo }) };
  });
  const wanted = Math.max(1, Math.round(mode.fraction * ranges.length));
  return choose(ranges, wanted, `${mode.seed}:${entity.name}`);
}

/** Some of the items, each as likely as any other, in their order. */
function choose<Item>(items: readonly Item[], wanted: number, seed: string): Item[] {
  const random = randomFrom(seed);
  let left = wanted;
  return items.filter((_, at) => {
    const isChosen = random() * (items.length - at) < left;
    if (isChosen) left -= 1;
    return isChosen;
  });
}

/**
 * The fraction that `1%` or `0.25%` means.
 *
 * @throws AynaError `InputInvalid`
 */
export function parseSample(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1] ?? Number.NaN);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new AynaError('InputInvalid', `a sample is a percentage such as 1%, not "${text}"`);
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * The moment that `2026-11-20T00:00:00Z`, or `90m`, `24h` or `7d` before now, means.
 *
 * @throws AynaError `InputInvalid`
 */
export function parseSince(text: string, nowMs: number = Date.now()): SourceVersion {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  try {
    if (amount === undefined) return SourceVersion.fromIso(text);
    const ago = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
    return SourceVersion.fromMicros(BigInt(Math.max(0, nowMs - ago)) * 1_000n);
  } catch (cause) {
    throw new AynaError(
      'InputInvalid',
      `a time is 2026-11-20T00:00:00Z, or 90m, 24h or 7d for so long ago, not "${text}"`,
      { cause },
    );
  }
}
