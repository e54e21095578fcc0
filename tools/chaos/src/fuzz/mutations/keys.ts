import { entityOfType, entities } from '@ayna/contract';
import type { Draft } from '../draft.ts';
import { bad, either, type Mutation } from '../mutation.ts';

/** Puts another value into the last part of the key, and into the subject as well. */
function rename(draft: Draft, value: string): void {
  const { properties, data } = draft;
  const entity = entityOfType(entities, String(properties.cloudEvents_type))?.entity;
  const name = entity?.key.at(-1);
  if (!entity || name === undefined) return;
  data[name] = value;
  properties.cloudEvents_subject = entity.path.format(
    Object.fromEntries(entity.key.map((part) => [part, String(data[part])])),
  );
}

/** Mutations of the identity fields. */
export const keyMutations: readonly Mutation[] = [
  bad('key-of-a-wrong-type', 'ContractViolation', (draft, { random }) => {
    const entity = entityOfType(entities, String(draft.properties.cloudEvents_type))?.entity;
    const name = entity?.key[random.below(entity.key.length)] ?? '';
    const values = [null, 0, true, {}, [], ['a'], '', undefined];
    draft.data[name] = values[random.below(values.length)];
  }),
  bad('key-too-long', 'ContractViolation', (draft, { random }) =>
    rename(draft, random.pick(['k'.repeat(1_601), 'ğ'.repeat(801), 'k'.repeat(50_000)])),
  ),
  bad('key-no-store-can-hold', 'ContractViolation', (draft, { random }) =>
    rename(draft, random.pick(['a\u0000b', '\u0000'])),
  ),
  // The subject, which is no JSON, cannot carry it: there it becomes another one.
  bad('key-with-half-a-character', 'ContractViolation', (draft, { random }) =>
    rename(draft, random.pick(['\ud800', 'a\udc00b', 'x\ud83d'])),
  ),
  either('key-strange', (draft, { random, strings }) => {
    const own = String(draft.properties.cloudEvents_id);
    const text = strings[random.below(strings.length)] ?? '';
    rename(draft, `${text.slice(0, 300)} ${own.slice(-60)}`);
  }),
  either('key-as-long-as-it-may-be', (draft) => {
    const own = String(draft.properties.cloudEvents_id).slice(-60);
    rename(draft, own + 'k'.repeat(1_300 - own.length));
  }),
];
