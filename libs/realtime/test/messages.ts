import {
  CONTRACT_VERSION,
  dmConversation,
  dmMessage,
  followEdge,
  SourceVersion,
  type Entity,
  type MirrorEvent,
  type Operation,
} from '@ayna/contract';
import { toMessage } from '@ayna/service-bus';
import type { ServiceBusMessage } from '@azure/service-bus';

/** A change as it travels. */
function eventOf(
  entity: Entity,
  key: Readonly<Record<string, string>>,
  version: number,
  document: object | null,
  change: Partial<MirrorEvent['data']> = {},
): ServiceBusMessage {
  const sourceVersion = SourceVersion.fromMicros(BigInt(version));
  const operation: Operation = change.operation ?? (document === null ? 'delete' : 'update');
  const time = sourceVersion.toIso();
  const subject = entity.path.format(key);
  const event: MirrorEvent = {
    specversion: '1.0',
    id: `${subject}@${version}`,
    type: entity.eventType(operation),
    source: '//test',
    subject,
    time,
    contractversion: CONTRACT_VERSION,
    data: {
      operation,
      key,
      sourceVersion,
      replacesVersion: null,
      document: document && JSON.stringify(document),
      previousDocument: null,
      claimCheck: false,
      occurredAt: time,
      attempt: 1,
      syncSource: 'trigger',
      ...change,
    },
  };
  return toMessage(event, crypto.randomUUID());
}

export const conversationEvent = (
  conversationId: string,
  version: number,
  members: readonly string[] | null,
  change?: Partial<MirrorEvent['data']>,
): ServiceBusMessage =>
  eventOf(
    dmConversation,
    { conversationId },
    version,
    members && { ownerId: members[0] ?? null, peerIds: members.slice(1) },
    change,
  );

export const messageEvent = (
  conversationId: string,
  messageId: string,
  version: number,
  body: string | null = `${messageId}@${version}`,
  change?: Partial<MirrorEvent['data']>,
): ServiceBusMessage =>
  eventOf(
    dmMessage,
    { conversationId, messageId },
    version,
    body === null ? null : { body },
    change,
  );

export const edgeEvent = (userId: string, targetId: string, version: number): ServiceBusMessage =>
  eventOf(followEdge, { userId, targetId }, version, { edgeType: 'follow' });
