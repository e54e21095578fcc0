import { CONTRACT_VERSION, operations, pascalCase, type Entity } from '@ayna/contract';
import { MAX_DELIVERY_COUNT, MESSAGE_LIFE_DAYS, mirrorTopology } from '@ayna/service-bus';
import { stringify } from 'yaml';
import { deadLetterReasons } from './dead-letter-reasons.ts';
import { documentSchema, valueSchemas } from './document-schema.ts';
import { dataSchema, headersSchema } from './event-schemas.ts';

/** `dm.message` -> `DmMessage`. */
export function entityTitle({ name }: Pick<Entity, 'name'>): string {
  return name.split('.').map(pascalCase).join('');
}

/** AMQP 1.0 has a binding in AsyncAPI that holds nothing yet; naming it says which AMQP this is. */
const bindings = { amqp1: {} };

/** The AsyncAPI 3 document of everything that Ayna publishes, derived from the entities. */
function asyncApi(entities: readonly Entity[]): Record<string, unknown> {
  const { topic, subscriptions, duplicateDetectionWindow } = mirrorTopology();
  const [writer] = subscriptions.map(({ name }) => name);
  const names = entities.flatMap((entity) => operations.map((kind) => entity.eventType(kind)));
  const references = (section: string) => names.map((name) => ({ $ref: `#/${section}/${name}` }));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Ayna: events of the mirror',
      version: `${CONTRACT_VERSION}.0.0`,
      description:
        'Made from the contract in libs/contract by `npx -y pnpm@12 write-docs`. CloudEvents 1.0 in binary mode over AMQP 1.0: attributes are application properties, the data is the body. The major version is `contractversion`.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      serviceBus: {
        host: '{namespace}.servicebus.windows.net:5671',
        protocol: 'amqp1',
        description: 'Azure Service Bus',
        variables: { namespace: { description: 'The name of the namespace.' } },
        bindings,
      },
    },
    channels: {
      mirror: {
        address: topic,
        description: `A topic with the subscriptions ${subscriptions.map(({ name }) => name).join(', ')}. A message lives ${MESSAGE_LIFE_DAYS} days in \`${writer}\`; a repeated \`messageId\` is dropped for ${duplicateDetectionWindow}. No order is promised: compare \`sourceVersion\`.`,
        messages: Object.fromEntries(
          names.map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings,
      },
      deadLetters: {
        address: `${topic}/Subscriptions/${writer}/$deadletterqueue`,
        description: `What could never be written to SQL, or was delivered ${MAX_DELIVERY_COUNT} times. Each message is as it was, with two application properties more.`,
        messages: { deadLetter: { $ref: '#/components/messages/deadLetter' } },
        bindings,
      },
    },
    operations: {
      publishChange: {
        action: 'send',
        channel: { $ref: '#/channels/mirror' },
        summary: 'The triggers, `ayna mirror backfill` and `ayna mirror repair`.',
        messages: references('channels/mirror/messages'),
        bindings,
      },
      writeToSql: {
        action: 'receive',
        channel: { $ref: '#/channels/mirror' },
        summary:
          'The writer; the hub and any tap of yours receive the same by their subscriptions.',
        messages: references('channels/mirror/messages'),
        bindings,
      },
      handleDeadLetters: {
        action: 'receive',
        channel: { $ref: '#/channels/deadLetters' },
        summary: '`ayna dlq list`, `show`, `replay` and `discard`.',
        messages: [{ $ref: '#/channels/deadLetters/messages/deadLetter' }],
        bindings,
      },
    },
    components: {
      messages: {
        ...Object.fromEntries(entities.flatMap(messagesOf)),
        deadLetter: deadLetterMessage(),
      },
      schemas: {
        ...Object.fromEntries(
          entities.map((entity) => [`${entityTitle(entity)}Document`, documentSchema(entity)]),
        ),
        ...valueSchemas,
      },
    },
  };
}

function messagesOf(entity: Entity): (readonly [string, unknown])[] {
  return operations.map((operation) => {
    const name = entity.eventType(operation);
    return [
      name,
      {
        name,
        title: name,
        summary: `A document at \`${entity.path.pattern}\`: ${operation}.`,
        contentType: 'application/json',
        headers: headersSchema(entity, operation),
        payload: dataSchema(entity, operation, `${entityTitle(entity)}Document`),
        bindings,
      },
    ];
  });
}

function deadLetterMessage(): unknown {
  return {
    name: 'deadLetter',
    title: 'A dead letter',
    summary: 'Any message, whether it fits this contract or not.',
    headers: {
      type: 'object',
      properties: {
        DeadLetterReason: {
          type: 'string',
          description: 'Of the writer or of the broker; another program may give another one.',
          examples: deadLetterReasons.map(({ reason }) => reason),
        },
        DeadLetterErrorDescription: {
          type: 'string',
          description: 'What exactly was wrong. Names fields, never what they hold.',
        },
      },
    },
    payload: {},
    bindings,
  };
}

/** `docs/events.asyncapi.yaml`. */
export function asyncApiYaml(entities: readonly Entity[]): string {
  return stringify(asyncApi(entities), { lineWidth: 0, aliasDuplicateObjects: false });
}
