import {
  CONTRACT_VERSION,
  eventAttributesSchema,
  eventDataSchema,
  operations,
  type Entity,
} from '@ayna/contract';
import { meaningOfAttribute, meaningOfDataField, otherProperties } from './attribute-meanings.ts';
import { deadLetterReasons } from './dead-letter-reasons.ts';

/** `docs/events.md`: the catalogue for people. */
export function eventsPage(entities: readonly Entity[]): string {
  const attributes = Object.keys(eventAttributesSchema.shape);
  const data = Object.keys(eventDataSchema.shape);
  return [
    '# Events',
    '',
    'Every event that Ayna publishes. This page and [events.asyncapi.yaml](events.asyncapi.yaml), which has the schemas, are made from the contract by `npx -y pnpm@12 write-docs`; tests publish real events of every type and hold them against the schemas.',
    '',
    `An event is a [CloudEvent](https://cloudevents.io) 1.0 in binary mode over AMQP 1.0: attributes are application properties with the prefix \`cloudEvents_\` (\`cloudEvents:\` is read too), the data is the JSON body, and the AMQP subject is the type. The contract has version ${CONTRACT_VERSION}; older events are understood, newer ones dead-lettered as \`ContractTooNew\`.`,
    '',
    "A tap of your own is one more subscription of the topic, with a filter such as `cloudEvents_type LIKE 'dm.message.%'`. Messages may come twice and in any order: keep the one with the largest `sourceVersion`.",
    '',
    '## Types',
    '',
    ...table(
      ['type', 'documents', 'identity fields', 'mirrored fields'],
      entities.map((entity) => [
        operations.map((operation) => code(entity.eventType(operation))).join(', '),
        code(entity.path.pattern),
        entity.key.map(code).join(', '),
        Object.entries(entity.fields)
          .map(([name, { kind }]) => `${code(name)} ${kind}`)
          .join(', '),
      ]),
    ),
    '',
    '## Attributes',
    '',
    ...table(
      ['application property', 'meaning'],
      attributes.map((name) => [code(`cloudEvents_${name}`), meaningOfAttribute(name)]),
    ),
    '',
    'Some messages have more:',
    '',
    ...table(
      ['application property', 'meaning'],
      Object.entries(otherProperties).map(([name, meaning]) => [code(name), meaning]),
    ),
    '',
    "The broker's `messageId` is a hash of type, path and version, so that the broker drops repetitions; a replay, a backfill and a repair have ids of their own, or the broker would drop them too.",
    '',
    '## Data',
    '',
    'Beside the identity fields of the type:',
    '',
    ...table(
      ['field', 'meaning'],
      data.map((name) => [code(name), meaningOfDataField(name)]),
    ),
    '',
    '## Dead letters',
    '',
    'What can never be written waits in the dead-letter queue of `sql-writer`, as it was, with a reason and a description. [The runbook](runbook.md#dead-letters) says how to deal with it.',
    '',
    ...table(
      ['reason', 'given by', 'cause', 'what to do'],
      deadLetterReasons.map(({ reason, from, cause, remedy }) => [
        code(reason),
        `the ${from}`,
        cause,
        remedy,
      ]),
    ),
    '',
  ].join('\n');
}

const code = (text: string) => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
