import type { Entity } from '@ayna/contract';
import type { MirrorStore } from '@ayna/sql-gateway';
import { compareText } from '../document-key.ts';

/** A user id that rows hold. */
export interface SeenUser {
  readonly uid: string;
  /** The names of the entities whose rows hold it. */
  readonly entities: readonly string[];
}

/** Ids read at once of each entity. Each page reads the table once. */
const PAGE_SIZE = 50_000;

/** Every user id in the live rows of entities, once, in bytewise order. */
export async function* seenUsers(
  store: MirrorStore,
  entities: readonly Entity[],
  pageSize: number = PAGE_SIZE,
): AsyncGenerator<SeenUser, void, undefined> {
  const cursors = entities.map((entity) => ({
    name: entity.name,
    ids: idsOf(store, entity, pageSize),
    head: undefined as string | undefined,
  }));
  const advance = async (cursor: (typeof cursors)[number]) => {
    const { value } = await cursor.ids.next();
    cursor.head = value ?? undefined;
  };
  for (const cursor of cursors) await advance(cursor);
  for (;;) {
    let uid: string | undefined;
    for (const { head } of cursors) {
      if (head !== undefined && (uid === undefined || compareText(head, uid) < 0)) uid = head;
    }
    if (uid === undefined) return;
    const holders = cursors.filter(({ head }) => head === uid);
    yield { uid, entities: holders.map(({ name }) => name) };
    for (const cursor of holders) await advance(cursor);
  }
}

async function* idsOf(
  store: MirrorStore,
  entity: Entity,
  pageSize: number,
): AsyncGenerator<string, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const page = await store.users(entity, {
      ...(after !== undefined && { after }),
      limit: pageSize,
    });
    yield* page;
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}
