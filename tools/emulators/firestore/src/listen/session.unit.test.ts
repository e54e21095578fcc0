import { expect, test } from 'vitest';
import { Store } from '../store/store.ts';
import type { Write } from '../store/write.ts';
import { createListenSession } from './session.ts';
import type { WireTarget } from './target.ts';

const DATABASE = 'projects/demo/databases/(default)';
const TARGET_ID = 7;

interface Sent {
  readonly targetChange?: {
    readonly targetChangeType: number;
    readonly resumeToken?: Uint8Array;
    readonly cause?: { readonly code: number };
  };
  readonly documentChange?: { readonly document: { readonly name: string } };
  readonly documentDelete?: { readonly document: string };
  readonly filter?: { readonly count: number };
}

const set = (path: string, n: bigint): Write => ({
  kind: 'update',
  path,
  fields: new Map([['n', n]]),
  mask: undefined,
  transforms: [],
  precondition: {},
});

/** Listens to the collection `c` and gives what the stream answers at once. */
function listen(store: Store, resume: Partial<WireTarget> = {}): Sent[] {
  const sent: Sent[] = [];
  const session = createListenSession(store, (response) => sent.push(response));
  const structuredQuery = {
    select: null,
    from: [{ collectionId: 'c', allDescendants: false }],
    where: null,
    orderBy: [],
    startAt: null,
    endAt: null,
    offset: 0,
    limit: null,
    findNearest: null,
  };
  session.handle({
    database: DATABASE,
    targetChange: 'addTarget',
    addTarget: {
      targetType: 'query',
      query: { parent: `${DATABASE}/documents`, structuredQuery },
      documents: null,
      resumeToken: new Uint8Array(),
      readTime: null,
      targetId: TARGET_ID,
      once: false,
      expectedCount: null,
      ...resume,
    },
    removeTarget: 0,
  });
  session.close();
  return sent;
}

function tokenOf(sent: Sent[]): Uint8Array {
  return sent.at(-1)?.targetChange?.resumeToken ?? new Uint8Array();
}

const changed = (sent: Sent[]) =>
  sent.flatMap(({ documentChange }) => documentChange?.document.name.split('/').at(-1) ?? []);

test('a resumed listener hears of what has changed since and of nothing else', async () => {
  const store = new Store(() => undefined);
  const database = store.database(DATABASE);
  await database.commit([set('c/same', 1n), set('c/changed', 1n), set('c/gone', 1n)]);
  const first = listen(store);
  expect(changed(first)).toEqual(['changed', 'gone', 'same']);
  await database.commit([set('c/changed', 2n), set('c/new', 1n)]);
  await database.commit([{ kind: 'delete', path: 'c/gone', precondition: {} }]);
  const resumed = listen(store, { resumeType: 'resumeToken', resumeToken: tokenOf(first) });
  expect(changed(resumed)).toEqual(['changed', 'new']);
  expect(resumed.flatMap(({ documentDelete }) => documentDelete?.document ?? [])).toEqual([
    `${DATABASE}/documents/c/gone`,
  ]);
});

test('a resumed listener that expects another number of documents is sent the true one', async () => {
  const store = new Store(() => undefined);
  await store.database(DATABASE).commit([set('c/a', 1n)]);
  const resumeToken = tokenOf(listen(store));
  const resume = { resumeType: 'resumeToken', resumeToken } as const;
  expect(listen(store, { ...resume, expectedCount: { value: 1 } }).some((r) => r.filter)).toBe(
    false,
  );
  const resumed = listen(store, { ...resume, expectedCount: { value: 2 } });
  expect(resumed.find((r) => r.filter)?.filter?.count).toBe(1);
});

test('a target that cannot be listened to is removed with the cause', () => {
  const sent = listen(new Store(() => undefined), { targetType: 'documents' });
  expect(sent.at(-1)?.targetChange).toMatchObject({ targetChangeType: 2, cause: { code: 3 } });
});
