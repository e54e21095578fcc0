import { CONTRACT_VERSION } from '@ayna/contract';
import type { PropertyValue } from '../draft.ts';
import { bad, either, type Mutation } from '../mutation.ts';

const PREFIX = 'cloudEvents_';
const TEXTS = ['specversion', 'id', 'type', 'source', 'subject', 'time'] as const;
const ALL = [...TEXTS, 'contractversion'] as const;

/** Mutations of the CloudEvents attributes, which travel as application properties. */
export const attributeMutations: readonly Mutation[] = [
  bad('attribute-missing', 'ContractViolation', ({ properties }, { random }) => {
    Reflect.deleteProperty(properties, PREFIX + random.pick(ALL));
  }),
  bad('attribute-of-a-wrong-type', 'ContractViolation', ({ properties }, { random }) => {
    properties[PREFIX + random.pick(TEXTS)] = random.pick<PropertyValue>([
      null,
      true,
      0,
      -1.5,
      2 ** 60,
      new Date(0),
      '',
    ]);
  }),
  bad('contract-version-that-cannot-be', 'ContractViolation', ({ properties }, { random }) => {
    properties.cloudEvents_contractversion = random.pick<PropertyValue>([
      '1',
      0,
      -1,
      1.5,
      null,
      true,
      Number.NaN,
      'latest',
    ]);
  }),
  bad('contract-version-newer', 'ContractTooNew', ({ properties }, { random }) => {
    properties.cloudEvents_contractversion = CONTRACT_VERSION + 1 + random.below(1e6);
  }),
  bad('specversion-unknown', 'ContractViolation', ({ properties }, { random }) => {
    properties.cloudEvents_specversion = random.pick(['0.3', '1', '1.0.2', ' 1.0']);
  }),
  bad('type-unknown', 'UnknownEntity', ({ properties }, { random, strings }) => {
    properties.cloudEvents_type = random.pick([
      'dm.message',
      'dm.message.purge',
      'DM.MESSAGE.CREATE',
      'dm.message.create ',
      'user.profile.create',
      '__proto__.create',
      'constructor.create',
      `unknown.${strings[random.below(strings.length)] ?? ''}.create`,
      '.',
    ]);
  }),
  bad(
    'type-of-another-operation-or-entity',
    'ContractViolation',
    ({ properties, data }, { random }) => {
      const type = String(properties.cloudEvents_type);
      const others = [
        type
          .replace(/create|update$/, 'delete')
          .replace(/^(.*)$/, (all) => (all === type ? all.replace(/delete$/, 'create') : all)),
        `${type.startsWith('dm.message') ? 'follow.edge' : 'dm.message'}.${String(data.operation)}`,
      ] as const;
      properties.cloudEvents_type = random.pick(others);
    },
  ),
  bad(
    'subject-disagrees-with-the-key',
    'ContractViolation',
    ({ properties }, { random, strings }) => {
      const subject = String(properties.cloudEvents_subject);
      properties.cloudEvents_subject = random.pick([
        `${subject}x`,
        `/${subject}`,
        subject.replace('/', '//'),
        subject.toUpperCase(),
        'conversations/somebody-else',
        `${strings[random.below(strings.length)] ?? ''}!`,
      ]);
    },
  ),
  bad('time-that-is-none', 'ContractViolation', ({ properties }, { random }) => {
    properties.cloudEvents_time = random.pick([
      'yesterday',
      '2026-13-01T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-01-01',
      '1760000000',
    ]);
  }),
  either('attributes-with-the-other-prefix', ({ properties }) => {
    for (const name of ALL) {
      properties[`cloudEvents:${name}`] = properties[PREFIX + name] ?? null;
      Reflect.deleteProperty(properties, PREFIX + name);
    }
  }),
  either('attributes-nobody-knows', ({ properties }, { random, strings }) => {
    for (let index = random.below(60); index > 0; index -= 1) {
      properties[`x${index}`] = strings[random.below(strings.length)] ?? '';
    }
    Object.assign(properties, { constructor: 'constructor', toString: 'toString' });
  }),
  either('id-or-source-strange', ({ properties }, { random, strings }) => {
    const text = strings[random.below(strings.length)] ?? '';
    properties[random.pick(['cloudEvents_id', 'cloudEvents_source'])] = random.pick([
      text,
      'x'.repeat(20_000),
      'nul \u0000',
    ]);
  }),
];
