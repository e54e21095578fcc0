import {
  dmConversation,
  dmMessage,
  entities,
  followEdge,
  SourceVersion,
  type DocumentChange,
  type DocumentState,
  type Entity,
  type MirrorEvent,
} from '@ayna/contract';
import { buildEvent } from '@ayna/publisher';

/** Events to mirror, the same for the same number, and the rows they must end in. */
export interface Backlog {
  readonly changes: readonly DocumentChange[];
  readonly rows: number;
  readonly tombstones: number;
}

const SOURCE = '//firestore.googleapis.com/projects/bench/databases/(default)';
const FIRST_COMMIT_MICROS = 1_767_225_600_000_000n;
const MICROS_BETWEEN_COMMITS = 137n;

/** Messages are most of what happens; conversations and follows are the rest, in equal parts. */
const MESSAGE_SHARE = 0.6;
const CREATE_SHARE = 0.6;
const DELETE_SHARE = 0.1;

/** A live document. */
interface Live {
  readonly path: string;
  readonly state: DocumentState;
}

/**
 * Makes a backlog of creates (60%), updates (30%) and deletes (10%) of all entities.
 *
 * @param prefix begins the ids, so that two backlogs can be told apart
 */
export function makeBacklog(count: number, prefix = 'b'): Backlog {
  const random = seededRandom(count);
  const live = new Map<Entity, Live[]>(entities.map((entity) => [entity, []]));
  const changes: DocumentChange[] = [];
  let rows = 0;
  let tombstones = 0;
  for (let index = 0; index < count; index += 1) {
    const entity = chooseEntity(random());
    const documents = live.get(entity) ?? [];
    const version = SourceVersion.fromMicros(
      FIRST_COMMIT_MICROS + BigInt(index) * MICROS_BETWEEN_COMMITS,
    );
    const dice = random();
    const chosen = Math.floor(random() * documents.length);
    const before = dice < CREATE_SHARE ? undefined : documents[chosen];
    const path = before?.path ?? entity.path.format(keyOf(entity, `${prefix}${index}`));
    const isDelete = before !== undefined && dice >= 1 - DELETE_SHARE;
    const after = isDelete ? undefined : { fields: fieldsOf(entity, index, random), version };
    changes.push({
      path,
      before: before?.state,
      after,
      deletedAt: version,
      originId: `${prefix}${index}`,
      source: SOURCE,
    });
    if (!before) rows += 1;
    if (isDelete) {
      tombstones += 1;
      const last = documents.pop();
      if (last && chosen < documents.length) documents[chosen] = last;
    } else if (after) {
      documents[before ? chosen : documents.length] = { path, state: after };
    }
  }
  return { changes, rows, tombstones };
}

/** The events of a backlog, as the triggers would build them. */
export function eventsOf({ changes }: Backlog): MirrorEvent[] {
  return changes.map((change) => buildEvent(entities, change));
}

function chooseEntity(dice: number): Entity {
  if (dice < MESSAGE_SHARE) return dmMessage;
  return dice < (1 + MESSAGE_SHARE) / 2 ? dmConversation : followEdge;
}

function keyOf(entity: Entity, id: string): Record<string, string> {
  return Object.fromEntries(entity.key.map((name, at) => [name, `${name}-${id}-${at}`]));
}

const WORDS = 'merhaba dünya nasılsın bugün hava çok güzel görüşürüz sonra yazarım 😀 tamam'.split(
  ' ',
);

/** Fields of every kind that an entity has, the size of real ones. */
export function fieldsOf(
  entity: Entity,
  index: number,
  random: () => number,
): Record<string, unknown> {
  const text = (words: number) =>
    Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
  return Object.fromEntries<unknown>(
    Object.entries(entity.fields).map(([name, { kind }]) => {
      switch (kind) {
        case 'timestamp':
          return [name, new Date(Number(FIRST_COMMIT_MICROS / 1_000n) + index)];
        case 'json':
          return [name, [`user-${index % 997}`, `user-${index % 991}`]];
        case 'integer':
        case 'double':
          return [name, index];
        case 'boolean':
          return [name, index % 2 === 0];
        case 'text':
          return [name, name === 'body' ? text(12) : text(2)];
      }
    }),
  );
}

/** Mulberry32: small, fast, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
