import { seededRandom, type Random } from '@ayna/processes';
import { draftOf, goodEvent, type EventSource } from './good-events.ts';
import type { Draft } from './draft.ts';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations/index.ts';

/** A message of a fuzz run, with what must become of it. */
export interface PlannedMessage {
  readonly id: number;
  readonly draft: Draft;
  /** `good`: applied, or stale behind a newer version of the same key. */
  readonly verdict: 'good' | Mutation['verdict'];
  readonly reason: Mutation['reason'];
  /** The names of the mutations. */
  readonly mutations: readonly string[];
}

/** What a fuzz run is made from. */
export interface FuzzPlan {
  readonly seed: number;
  readonly messages: number;
  /** Texts that are known to cause trouble, beside those that are built in. */
  readonly strings: readonly string[];
}

const GOOD_SHARE = 0.1;
/** Good messages change this many keys, over and over. */
const GOOD_KEYS_SHARE = 0.03;
const SEVERAL_SHARE = 0.2;

const STRINGS = [
  '',
  ' ',
  '\u0000',
  'nul \u0000 inside',
  'ğüşıöç ĞÜŞİÖÇ',
  '\ufeff\u200b\u202e',
  '👩‍👩‍👧‍👦',
  '__proto__',
  'constructor',
  "'; DROP TABLE dm_messages_mirror; --",
  '${7*7}',
  '../../etc/passwd',
  'NaN',
  'null',
  '\\u0000',
  '{"__datatype__":"integer","value":"1"}',
  'x'.repeat(10_000),
] as const;

/**
 * Plans the messages of a run: one in ten good, the rest good ones that are spoilt, one in five of
 * them in several ways. The same plan gives the same messages.
 */
export function* planMessages({ seed, messages, strings }: FuzzPlan): Generator<PlannedMessage> {
  const random = seededRandom(seed ^ 0xf022);
  const source: EventSource = { random, strings: [...STRINGS, ...strings] };
  const goodKeys = Math.max(1, Math.floor(messages * GOOD_KEYS_SHARE));
  for (let id = 0; id < messages; id += 1) {
    if (random.next() < GOOD_SHARE) {
      // Versions are all different and in no order.
      const event = goodEvent(source, `good-${random.below(goodKeys)}`, shuffledVersion(id));
      yield { id, draft: draftOf(event, id), verdict: 'good', reason: undefined, mutations: [] };
      continue;
    }
    const draft = draftOf(goodEvent(source, `spoilt-${id}`, shuffledVersion(id)), id);
    const chosen = choose(random);
    for (const mutation of chosen) mutation.apply(draft, source);
    const [first] = chosen;
    // What one mutation breaks another may mend.
    const alone = chosen.length === 1 && first ? first : undefined;
    yield {
      id,
      draft,
      verdict: alone?.verdict ?? 'either',
      reason: alone?.reason,
      mutations: chosen.map(({ name }) => name),
    };
  }
}

/** A one-to-one scattering of the ids of a run over 2^31 versions, two apart. */
function shuffledVersion(id: number): number {
  return 2 * (Math.imul(id, 0x9e37_79b1) >>> 0);
}

function choose(random: Random): Mutation[] {
  const count = random.next() < SEVERAL_SHARE ? 2 + random.below(3) : 1;
  return Array.from({ length: count }, () => mutations[random.below(mutations.length)]).filter(
    (mutation) => mutation !== undefined,
  );
}
