import {
  dmMessage,
  encodeDocument,
  projectDocument,
  TimestampValue,
  VectorValue,
} from '@ayna/contract';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { conversation, messageChange } from '../sample-changes.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

const NAUGHTY = new URL('../../../../../shared/data/strings/blns.json', import.meta.url);

const hostile = [
  '',
  ' ',
  '\0',
  'a\0b',
  "'; DROP TABLE dm_messages_mirror; --",
  '"\\" \\u0000 \\ud800 $1 $$ :name ? %s {} `x`',
  '\u0001\u0008\t\n\v\f\r\u001f\u007f\u0085\u2028\u2029\ufeff',
  '\ud800',
  'x\udfffy',
  '👩‍👩‍👧‍👦 🇹🇷 İıŞş',
  '\u202eright to left\u202c שלום مرحبا',
  'e\u0301 é',
  '𐀀\uffff\ufffe',
  'null',
  'NaN',
  'x'.repeat(100_000),
  ...(existsSync(NAUGHTY) ? (JSON.parse(readFileSync(NAUGHTY, 'utf8')) as string[]) : []),
];

/** Guarantees about values: what was projected is what is read back. */
export function describeValues(open: () => StoreUnderTest): void {
  async function roundTrip(documents: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const changes = documents.map((document, at) =>
      messageChange(`value${String(at).padStart(6, '0')}`, 10 + version++, {
        columns: projectDocument(dmMessage, encodeDocument(document)),
      }),
    );
    await open().store.apply(changes);
    for (const { key, columns } of changes) {
      expect((await open().store.read(dmMessage, key))?.columns).toEqual(columns);
    }
  }
  let version = 1_000;

  test('gives hostile strings back as they are projected', () =>
    roundTrip(hostile.map((text) => ({ body: text, media: [text, { [text]: text }] }))));

  test('keeps hostile strings as keys, and finds them', async () => {
    const keys = hostile.filter(
      (text) => text !== '' && text.length < 500 && text.isWellFormed() && !text.includes('\0'),
    );
    const changes = [...new Set(keys)].map((text) => ({
      ...messageChange('', 10, { body: text }),
      key: { conversationId: 'hostile keys', messageId: text },
    }));
    await open().store.apply(changes);
    for (const { key, columns } of changes) {
      expect(await open().store.read(dmMessage, key)).toMatchObject({ key, columns });
    }
  });

  test('tells keys apart that differ in case, width, accent or trailing blanks only', async () => {
    const alike = ['k', 'K', 'k ', 'ｋ', 'ḱ', 'k\u0301', 'ı', 'i', 'İ'];
    const changes = alike.map((messageId) => ({
      ...messageChange('', 10, { body: messageId }),
      key: { conversationId: 'alike', messageId },
    }));
    expect(new Set(await open().store.apply(changes))).toEqual(new Set(['applied']));
  });

  test('keeps microseconds, and the years 1 to 9999', () =>
    roundTrip([
      { createdAt: new TimestampValue(-62_135_596_800, 0) },
      { createdAt: new TimestampValue(-62_135_596_800, 1_000) },
      { createdAt: new TimestampValue(253_402_300_799, 999_999_000) },
      { createdAt: new TimestampValue(-1, 999_999_000) },
      { createdAt: new TimestampValue(0, 0), updatedAt: new TimestampValue(1_760_000_000, 1_000) },
    ]));

  test('keeps null and absent fields as null', () => roundTrip([{}, { body: null, media: null }]));

  test('keeps every Firestore value inside JSON', () =>
    roundTrip([
      { media: 'text' },
      { media: false },
      { media: 0 },
      { media: [] },
      { media: {} },
      { media: [Number.NaN, -0, Number.POSITIVE_INFINITY, 5e-324, 1.797_693_134_862_315_7e308] },
      { media: [9_007_199_254_740_991, 9_223_372_036_854_775_807n, 0.1, 1e21, 1e-7, 123_456.789] },
      { media: { at: new TimestampValue(1, 2_000), vector: new VectorValue([1, 2]) } },
      { media: Uint8Array.of(0, 255) },
      { media: { __datatype__: 'own', a: { b: [{ c: null }] } } },
    ]));

  test('keeps a JSON value of a megabyte', () =>
    roundTrip([
      { media: Array.from({ length: 20_000 }, (_, n) => ({ n, text: `item ${n} "quoted"` })) },
    ]));

  test('scans in bytewise order of the keys, page by page', async () => {
    const ids = [
      'a',
      'B',
      'b',
      'aa',
      'a b',
      'é',
      'z',
      'ÿ',
      '\u{1f600}',
      '\uffff',
      'Z',
      '1',
      '10',
      '9',
    ];
    const conversationId = 'scan';
    await open().store.apply(
      ids.map((messageId) => ({ ...messageChange('', 10), key: { conversationId, messageId } })),
    );
    const after = { conversationId, messageId: '' };
    for (const pageSize of [1, 3, 1_000]) {
      const seen: string[] = [];
      for await (const { key } of open().store.scan(dmMessage, { after, pageSize })) {
        if (key.conversationId !== conversationId) break;
        seen.push(key.messageId ?? '');
      }
      expect(seen).toEqual(ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }
  });

  test('counts and scans tombstones only when asked', async () => {
    const { store } = open();
    const live = await store.count(dmMessage);
    const all = await store.count(dmMessage, { includeTombstones: true });
    await store.apply([
      messageChange('counted', 10),
      messageChange('uncounted', 20, { columns: null }),
    ]);
    expect(await store.count(dmMessage)).toBe(live + 1);
    expect(await store.count(dmMessage, { includeTombstones: true })).toBe(all + 2);
    for await (const { key } of store.scan(dmMessage, {
      after: { conversationId: conversation, messageId: 'u' },
    })) {
      expect(key.messageId).not.toBe('uncounted');
    }
  });
}
