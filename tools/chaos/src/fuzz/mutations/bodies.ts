import { bodyBytes, type Draft } from '../draft.ts';
import type { EventSource } from '../good-events.ts';
import { bad, either, type Mutation } from '../mutation.ts';

/** Replaces the bytes of the body. */
function bytesOf(change: (bytes: Buffer, source: EventSource) => Buffer | string) {
  return (draft: Draft, source: EventSource) => {
    draft.body = { kind: 'bytes', bytes: Buffer.from(change(bodyBytes(draft), source)) };
  };
}

/** Mutations of the body of the message. */
export const bodyMutations: readonly Mutation[] = [
  bad(
    'body-empty',
    'ContractViolation',
    bytesOf(() => ''),
  ),
  bad(
    'body-truncated',
    'ContractViolation',
    bytesOf((bytes, { random }) => bytes.subarray(0, random.below(bytes.length - 1))),
  ),
  bad(
    'body-garbage',
    'ContractViolation',
    bytesOf((_, { random }) =>
      Buffer.from(Array.from({ length: 1 + random.below(2_000) }, () => random.below(256))),
    ),
  ),
  bad(
    'body-of-another-json-kind',
    'ContractViolation',
    bytesOf((_, { random }) =>
      random.pick(['null', '[]', '{}', '1', '-0', 'true', '"text"', '[{}]', '1e999']),
    ),
  ),
  bad(
    'body-nested-without-end',
    'ContractViolation',
    bytesOf((_, { random }) => {
      const depth = 1_000 * (1 + random.below(60));
      return '['.repeat(depth) + ']'.repeat(depth);
    }),
  ),
  bad(
    'body-in-utf-16',
    'ContractViolation',
    bytesOf((bytes) => Buffer.from(bytes.toString(), 'utf16le')),
  ),
  either(
    'body-behind-a-byte-order-mark',
    bytesOf((bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])),
  ),
  either(
    'body-with-invalid-utf-8',
    bytesOf((bytes, { random }) => {
      const spoilt = Buffer.from(bytes);
      for (let times = 1 + random.below(4); times > 0; times -= 1) {
        spoilt[random.below(spoilt.length)] = random.pick([0xff, 0xc0, 0x80, 0xed, 0xf8]);
      }
      return spoilt;
    }),
  ),
  either(
    'body-with-a-byte-changed',
    bytesOf((bytes, { random }) => {
      const spoilt = Buffer.from(bytes);
      spoilt[random.below(spoilt.length)] = random.below(256);
      return spoilt;
    }),
  ),
  either(
    'body-with-keys-of-prototypes',
    bytesOf((bytes) =>
      bytes
        .toString()
        .replace(
          '{',
          '{"__proto__":{"operation":"delete","polluted":1},"constructor":{"prototype":1},',
        ),
    ),
  ),
  either(
    'body-with-a-key-twice',
    bytesOf((bytes) => bytes.toString().replace('{', '{"operation":"delete","sourceVersion":"9",')),
  ),
  either('body-as-an-amqp-value', (draft, { random }) => {
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
  }),
  bad('body-as-an-amqp-sequence', 'ContractViolation', (draft, { random }) => {
    draft.body = {
      kind: 'sequence',
      content: random.pick<unknown>([[draft.data], [[draft.data, 1]], [[]], [['a', 2, true]]]),
    };
  }),
  either('content-type-strange', (draft, { random }) => {
    draft.contentType = random.pick([undefined, 'text/plain', 'application/xml', 'nul\u0000']);
  }),
  either('message-id-missing', (draft) => {
    draft.messageId = undefined;
  }),
];
