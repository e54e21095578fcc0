import { bad, either, type Mutation } from '../mutation.ts';

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
  replacesVersion: ['', '-1', '1.5', 1, true, {}, '9223372036854775808'],
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
  either('data-version-extreme', ({ data }, { random }) => {
    data.sourceVersion = random.pick([
      '0',
      '00000000001',
      '9223372036854775807',
      '253402300800000000',
    ]);
  }),
  either('data-attempt-extreme', ({ data }, { random }) => {
    data.attempt = random.pick([2_147_483_648, 2_147_483_649, Number.MAX_SAFE_INTEGER]);
  }),
  bad('data-document-where-none-belongs', 'ContractViolation', ({ data }) => {
    data.document = data.document === null ? '{}' : null;
  }),
  bad('data-claim-check-with-a-document', 'ContractViolation', ({ data }) => {
    data.claimCheck = true;
    data.document = '{}';
  }),
  // The writer of a fuzz run has no Firestore to read from.
  bad('data-claim-check-nobody-can-redeem', 'ContractViolation', ({ data }) => {
    data.claimCheck = true;
    data.document = null;
  }),
  either('data-previous-document-garbage', ({ data }, { random, strings }) => {
    data.previousDocument = strings[random.below(strings.length)];
  }),
  either('data-fields-nobody-knows', ({ data }, { random, strings }) => {
    data[strings[random.below(strings.length)] ?? ''] ??= { any: [1, null] };
    data.deletedAt = '2026-01-01T00:00:00Z';
    data._deleted = true;
    data.source_version = '1';
  }),
];
