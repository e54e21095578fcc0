import { dmMessage, SourceVersion } from '@ayna/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSample, parseSince } from '../src/index.ts';
import { compareKeys, isDocumentKey } from '../src/document-key.ts';

describe('a sample', () => {
  test.for([
    ['1%', 0.01],
    ['0.25%', 0.0025],
    ['100%', 1],
  ] as const)('of %s is that fraction', ([text, fraction]) => {
    expect(parseSample(text)).toBe(fraction);
  });

  test.for(['1', '0%', '101%', '-1%', '%', '1 %', 'all'])('of %s is refused', (text) => {
    expect(() => parseSample(text)).toThrow(expect.objectContaining({ code: 'InputInvalid' }));
  });
});

describe('a time', () => {
  const now = Date.parse('2026-11-21T00:00:00Z');
  test.for([
    ['2026-11-20T00:00:00Z', '2026-11-20T00:00:00.000000Z'],
    ['90m', '2026-11-20T22:30:00.000000Z'],
    ['24h', '2026-11-20T00:00:00.000000Z'],
    ['7d', '2026-11-14T00:00:00.000000Z'],
    ['999999d', '1970-01-01T00:00:00.000000Z'],
  ] as const)('%s is %s', ([text, iso]) => {
    expect(parseSince(text, now)).toEqual(SourceVersion.fromIso(iso));
  });

  test.for(['24', 'h', '1w', '2026-11-20', '20:00', '-1h'])('%s is refused', (text) => {
    expect(() => parseSince(text, now)).toThrow(expect.objectContaining({ code: 'InputInvalid' }));
  });
});

test('keys are compared as their bytes are, column by column', () => {
  const id = fc.string({ unit: 'grapheme', maxLength: 3 });
  const key = fc.record({ conversationId: id, messageId: id });
  const bytes = (text: string) => Buffer.from(text);
  fc.assert(
    fc.property(key, key, (a, b) => {
      const order =
        Buffer.compare(bytes(a.conversationId), bytes(b.conversationId)) ||
        Buffer.compare(bytes(a.messageId), bytes(b.messageId));
      expect(Math.sign(compareKeys(dmMessage, a, b))).toBe(order);
    }),
    {
      numRuns: 1_000,
      examples: [
        [
          { conversationId: '\uffee', messageId: '' },
          { conversationId: '😀', messageId: '' },
        ],
      ],
    },
  );
});

test.for([
  ['an id', true],
  ['.x', true],
  ['__id7__', true],
  ['', false],
  ['.', false],
  ['..', false],
  ['a/b', false],
  ['__x__', false],
  ['ğ'.repeat(751), false],
] as const)('"%s" can be the id of a document: %s', ([id, possible]) => {
  expect(isDocumentKey(dmMessage, { conversationId: 'c', messageId: id })).toBe(possible);
});
