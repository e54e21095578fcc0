import { TimestampValue } from '@ayna/contract';
import { seededRandom, type Random } from '@ayna/processes';
import type { Write } from './write.ts';

const TEXTS = [
  'Merhaba, nasılsın? İyi misin, ığüşöç ĞÜŞİÖÇ',
  'Yarın saat 10:30’da buluşalım mı?',
  'See you tomorrow 👋🏽',
  '👩‍👩‍👧‍👦 family, 🏳️‍🌈 flag, 𝒳 astral',
  'שלום עולם',
  'مرحبا بالعالم ‏RTL‏ mixed with LTR',
  "Robert'); DROP TABLE dm_messages_mirror;--",
  '',
  '   ',
  'line one\nline two\ttabbed\\ "quoted"',
  'e\u0301 is not é until it is normalised',
  '日本語のメッセージ',
] as const;
const NAMES = ['ayşe', 'mehmet', 'zeynep', 'José', 'Łukasz', '李雷', 'نور', 'a.b@c'] as const;

const BASE_SECONDS = 1_760_000_000;
const MESSAGES_PER_CONVERSATION = 40;
const FOLLOWS_SHARE = 0.3;
const UPDATE_SHARE = 0.2;
const DELETE_SHARE = 0.1;
/** How much of what was deleted is created again. */
const RECREATE_SHARE = 0.5;
/** How many writes later an update or a delete of a document comes. */
const LATER = 150;

/**
 * The sample load: `documents` documents of all three entities, then updates, deletes and
 * re-creations among them, in one stream that derives from the seed.
 */
export function* sampleWrites(documents: number, seed: number): Generator<Write> {
  const random = seededRandom(seed);
  const later: Write[] = [];
  for (let index = 0; index < documents; index += 1) {
    const write = newDocument(random, index);
    yield write;
    if (random.next() < UPDATE_SHARE) later.push(changed(random, write));
    if (random.next() < DELETE_SHARE) {
      later.push({ path: write.path, fields: undefined });
      if (random.next() < RECREATE_SHARE) later.push(changed(random, write));
    }
    if (later.length > LATER) yield* later.splice(0, 1);
  }
  yield* later;
}

function newDocument(random: Random, index: number): Write {
  const at = timestamp(random, index);
  if (random.next() < FOLLOWS_SHARE) {
    return {
      path: `follows/user-${random.below(500)}/targets/user-${index}`,
      fields: { edgeType: random.pick(['follow', 'close-friend']), createdAt: at, updatedAt: at },
    };
  }
  const conversation = Math.floor(index / MESSAGES_PER_CONVERSATION);
  if (index % MESSAGES_PER_CONVERSATION === 0) {
    return {
      path: `conversations/c${conversation}`,
      fields: {
        ownerId: random.pick(NAMES),
        peerIds: [random.pick(NAMES), random.pick(NAMES)],
        lastMessageAt: at,
        lastMessagePreview: random.pick(TEXTS),
        lastMessageAuthorId: random.pick(NAMES),
        updatedAt: at,
      },
    };
  }
  return {
    path: `conversations/c${conversation}/messages/m${index}`,
    fields: {
      authorId: random.pick(NAMES),
      body: random.pick(TEXTS),
      media:
        random.next() < 0.2 ? { url: `gs://media/${index}.jpg`, width: 640, ratio: 1.5 } : null,
      createdAt: at,
      updatedAt: at,
    },
  };
}

function changed(random: Random, { path, fields }: Write): Write {
  const at = timestamp(random, 1);
  const body = fields && 'body' in fields ? { body: random.pick(TEXTS) } : {};
  return { path, fields: { ...fields, ...body, updatedAt: at } };
}

function timestamp(random: Random, index: number): TimestampValue {
  return new TimestampValue(BASE_SECONDS + index, random.below(1_000_000) * 1_000);
}
