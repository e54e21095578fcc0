import { bodyBytes, type Draft } from '../draft.ts';
import type { EventSource } from '../good-events.ts';
import type { Mutation } from '../mutation.ts';

/** A mutation that replaces the bytes of the body. */
function ofBytes(
  name: string,
  verdict: Mutation['verdict'],
  change: (bytes: Buffer, source: EventSource) => Buffer | string,
): Mutation {
  return {
    name,
    verdict,
    ...(verdict === 'bad' ? { reason: 'ContractViolation' } : {}),
    apply: (draft: Draft, source) => {
      draft.body = { kind: 'bytes', bytes: Buffer.from(change(bodyBytes(draft), source)) };
    },
  };
}

/** Mutations of the body of the message. */
export const bodyMutations: readonly Mutation[] = [
  ofBytes('body-empty', 'bad', () => ''),
  ofBytes('body-truncated', 'bad', (bytes, { random }) =>
    bytes.subarray(0, random.below(bytes.length - 1)),
  ),
  ofBytes('body-garbage', 'bad', (_, { random }) =>
    Buffer.from(Array.from({ length: 1 + random.below(2_000) }, () => random.below(256))),
  ),
  ofBytes('body-of-another-json-kind', 'bad', (_, { random }) =>
    random.pick(['null', '[]', '{}', '1', '-0', 'true', '"text"', '[{}]', '1e999']),
  ),
  ofBytes('body-nested-without-end', 'bad', (_, { random }) => {
    const depth = 1_000 * (1 + random.below(60));
    return '['.repeat(depth) + ']'.repeat(depth);
  }),
  ofBytes('body-in-utf-16', 'bad', (bytes) => Buffer.from(bytes.toString(), 'utf16le')),
  ofBytes('body-behind-a-byte-order-mark', 'either', (bytes) =>
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  ),
  ofBytes('body-with-invalid-utf-8', 'either', (bytes, { random }) => {
    const spoilt = Buffer.from(bytes);
    for (let times = 1 + random.below(4); times > 0; times -= 1) {
      spoilt[random.below(spoilt.length)] = random.pick([0xff, 0xc0, 0x80, 0xed, 0xf8]);
    }
    return spoilt;
  }),
  ofBytes('body-with-a-byte-changed', 'either', (bytes, { random }) => {
    const spoilt = Buffer.from(bytes);
    spoilt[random.below(spoilt.length)] = random.below(256);
    return spoilt;
  }),
  ofBytes('body-with-keys-of-prototypes', 'either', (bytes) =>
    bytes
      .toString()
      .replace(
        '{',
        '{"__proto__":{"operation":"delete","polluted":1},"constructor":{"prototype":1},',
      ),
  ),
  ofBytes('body-with-a-key-twice', 'either', (bytes) =>
    bytes.toString().replace('{', '{"operation":"delete","sourceVersion":"9",'),
  ),
  {
    name: 'body-as-an-amqp-value',
    verdict: 'either',
    apply: (draft, { random }) => {
      draft.body = {
        kind: 'value',
        content: random.pick<unknown>([
          draft.data,
          JSON.stringify(draft.data),
          'text',
          42,
          null,
          true,
        ]),
      };
    },
  },
  {
    name: 'body-as-an-amqp-sequence',
    verdict: 'bad',
    reason: 'ContractViolation',
    apply: (draft, { random }) => {
      draft.body = {
        kind: 'sequence',
        content: random.pick<unknown>([[draft.data], [[draft.data, 1]], [[]], [['a', 2, true]]]),
      };
    },
  },
  {
    name: 'content-type-strange',
    verdict: 'either',
    apply: (draft, { random }) => {
      draft.contentType = random.pick([undefined, 'text/plain', 'application/xml', 'nul\u0000']);
    },
  },
  {
    name: 'message-id-missing',
    verdict: 'either',
    apply: (draft) => {
      draft.messageId = undefined;
    },
  },
];
