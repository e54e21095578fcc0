import { dmConversation, dmMessage, followEdge, type Entity } from '@ayna/contract';
import type {
  EnsureConversationRequest,
  EnsureFollowRequest,
  EnsureMessageRequest,
  EnsureResponse,
  EnsureTiming,
} from '@ayna/contract/gateway';
import type { DocumentKey, DocumentReading } from '@ayna/firestore';
import type { Caller } from '../caller.ts';
import { denied } from '../gateway-error.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import type { Measurements } from '../measurements.ts';
import { lookAtConversation, mayWrite } from '../conversation-access.ts';
import { ensureDocument } from './ensure-document.ts';

/** The calls by which a client has a document mirrored that it has just written. */
export interface EnsureCalls {
  readonly ensureConversation: (
    caller: Caller,
    request: EnsureConversationRequest,
  ) => Promise<EnsureResponse>;
  readonly ensureMessage: (
    caller: Caller,
    request: EnsureMessageRequest,
  ) => Promise<EnsureResponse>;
  readonly ensureFollow: (caller: Caller, request: EnsureFollowRequest) => Promise<EnsureResponse>;
}

export function ensureCalls(ports: GatewayPorts, measurements: Measurements): EnsureCalls {
  const look = async (entity: Entity, key: DocumentKey): Promise<DocumentReading> => {
    const [reading] = await ports.source.readMany(entity, [key]);
    if (!reading) throw denied();
    return reading;
  };
  const ensure = async (
    entity: Entity,
    key: DocumentKey,
    reading: DocumentReading,
    { writtenAtMs }: EnsureTiming,
  ): Promise<EnsureResponse> => {
    const { outcome, exists, version } = await ensureDocument(ports, entity, key, reading);
    const latencyMs =
      outcome === 'applied' && exists
        ? Math.max(0, Date.now() - Number(version.micros) / 1_000)
        : null;
    measurements.ensured(entity, outcome, latencyMs, writtenAtMs);
    return { outcome, exists, sourceVersion: version.toString(), latencyMs };
  };
  return {
    async ensureConversation(caller, request) {
      const { conversationId } = request;
      const conversation = await lookAtConversation(ports, conversationId);
      await mayWrite(ports, caller, conversationId, conversation);
      return ensure(dmConversation, { conversationId }, conversation, request);
    },
    async ensureMessage(caller, request) {
      const { conversationId, messageId } = request;
      const key = { conversationId, messageId };
      const [conversation, message] = await Promise.all([
        lookAtConversation(ports, conversationId),
        look(dmMessage, key),
      ]);
      await mayWrite(ports, caller, conversationId, conversation);
      return ensure(dmMessage, key, message, request);
    },
    async ensureFollow({ userId }, request) {
      if (request.userId !== userId) throw denied();
      const key = { userId, targetId: request.targetId };
      return ensure(followEdge, key, await look(followEdge, key), request);
    },
  };
}
