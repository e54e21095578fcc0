import type { Mutation } from '../mutation.ts';

/** For each field of `data`, values that can never stand there. */
const IMPOSSIBLE: Readonly<Record<string, readonly unknown[]>> = {
  operation: ['', 'CREATE', 'upsert', null, 1, true, [], {}, ['create'], undefined],
  sourceVersion: [
    '',
    '-1',
    '1.5',
    '0x10',
    ' 1',
    '1e3',
    '9223372036854775808',
    '1'.repeat(400),
    1_760_000_000_000_000,
    -1,
    null,
    true,
    {},
    ['1'],
    undefined,
  ],
  document: [0, true, {}, [], { nested: 'yes' }, undefined],
  previousDocument: [0, true, {}, [], undefined],
  claimCheck: ['true', 1, null, {}, []],
  occurredAt: ['', 'now', 0, null, '2026-01-01', '2026-99-01T00:00:00Z', {}, undefined],
  attempt: [0, -1, 1.5, '1', null, true, [], 1e300, undefined],
  syncSource: ['', 'TRIGGER', 'nobody', 1, null, {}, []],
};

/** Mutations of the fields of `data`, one at a time. */
export const dataFieldMutations: readonly Mutation[] = [
  ...Object.entries(IMPOSSIBLE).map(([name, values]): Mutation => ({
    name: `data-${name}-impossible`,
    verdict: 'bad',
    reason: 'ContractViolation',
    apply: ({ data }, { random }) => {
      data[name] = values[random.below(values.length)];
    },
  })),
  {
    name: 'data-version-extreme',
    verdict: 'either',
    apply: ({ data }, { random }) => {
      data.sourceVersion = random.pick([
        '0',
        '00000000001',
        '9223372036854775807',
        '253402300800000000',
      ]);
    },
  },
  {
    name: 'data-attempt-extreme',
    verdict: 'either',
    apply: ({ data }, { random }) => {
      data.attempt = random.pick([2_147_483_648, 2_147_483_649, Number.MAX_SAFE_INTEGER]);
    },
  },
  {
    name: 'data-document-where-none-belongs',
    verdict: 'bad',
    reason: 'ContractViolation',
    apply: ({ data }) => {
      data.document = data.document === null ? '{}' : null;
    },
  },
  {
    name: 'data-claim-check-with-a-document',
    verdict: 'bad',
    reason: 'ContractViolation',
    apply: ({ data }) => {
      data.claimCheck = true;
      data.document = '{}';
    },
  },
  {
    name: 'data-claim-check-nobody-can-redeem',
    // The writer of a fuzz run has no Firestore to read from.
    verdict: 'bad',
    reason: 'ContractViolation',
    apply: ({ data }) => {
      data.claimCheck = true;
      data.document = null;
    },
  },
  {
    name: 'data-previous-document-garbage',
    verdict: 'either',
    apply: ({ data }, { random, strings }) => {
      data.previousDocument = strings[random.below(strings.length)];
    },
  },
  {
    name: 'data-fields-nobody-knows',
    verdict: 'either',
    apply: ({ data }, { random, strings }) => {
      data[strings[random.below(strings.length)] ?? ''] ??= { any: [1, null] };
      data.deletedAt = '2026-01-01T00:00:00Z';
      data._deleted = true;
      data.source_version = '1';
    },
  },
];
