import {
  ensureConversationRequest,
  ensureFollowRequest,
  ensureMessageRequest,
  listConversationsRequest,
  listFollowsRequest,
  listMessagesRequest,
  type GatewayCalls,
} from '@ayna/contract/gateway';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import { ensureCalls } from './ensure/ensure-calls.ts';
import { GatewayError, gatewayErrorOf } from './gateway-error.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { listCalls } from './lists/list-calls.ts';
import { measureGateway } from './measurements.ts';
import { parseRequest } from './parse-request.ts';

/**
 * The calls of clients, by the names under which they are deployed. Each takes who calls (undefined
 * when nobody is signed in) and what came from the client, which it trusts in nothing.
 *
 * Each rejects with a `GatewayError`, and with nothing else.
 */
export type Gateway = {
  readonly [Name in keyof GatewayCalls]: (
    caller: Caller | undefined,
    input: unknown,
  ) => Promise<GatewayCalls[Name]['response']>;
};

/**
 * Makes the gateway. Whoever opened the ports closes them.
 *
 * @example
 * const gateway = createGateway({ source, store, reads, limiter, logger });
 * await gateway.sqlGatewayEnsureMessage({ userId: 'u1' }, { conversationId: 'c1', messageId: 'm1' });
 */
export function createGateway(ports: GatewayPorts): Gateway {
  const measurements = measureGateway();
  const { ensureConversation, ensureMessage, ensureFollow } = ensureCalls(ports, measurements);
  const { listMessages, listConversations, listFollowers, listFollowing } = listCalls(ports);
  const callable =
    <Request, Response>(
      name: keyof GatewayCalls,
      schema: z.ZodType<Request>,
      handle: (caller: Caller, request: Request) => Promise<Response>,
    ) =>
    async (caller: Caller | undefined, input: unknown): Promise<Response> => {
      const startedAt = performance.now();
      try {
        if (!caller) throw new GatewayError('unauthenticated', 'sign in first');
        await ports.limiter.take(caller.userId);
        const response = await handle(caller, parseRequest(schema, input));
        measurements.called(name, 'ok', performance.now() - startedAt);
        return response;
      } catch (failure) {
        const error = gatewayErrorOf(failure);
        measurements.called(name, error.code, performance.now() - startedAt);
        log(ports.logger, name, caller, error);
        throw error;
      }
    };
  return {
    sqlGatewayEnsureMessage: callable(
      'sqlGatewayEnsureMessage',
      ensureMessageRequest,
      ensureMessage,
    ),
    sqlGatewayEnsureConversation: callable(
      'sqlGatewayEnsureConversation',
      ensureConversationRequest,
      ensureConversation,
    ),
    sqlGatewayEnsureFollow: callable('sqlGatewayEnsureFollow', ensureFollowRequest, ensureFollow),
    sqlGatewayListMessages: callable('sqlGatewayListMessages', listMessagesRequest, listMessages),
    sqlGatewayListConversations: callable(
      'sqlGatewayListConversations',
      listConversationsRequest,
      listConversations,
    ),
    sqlGatewayListFollowers: callable('sqlGatewayListFollowers', listFollowsRequest, listFollowers),
    sqlGatewayListFollowing: callable('sqlGatewayListFollowing', listFollowsRequest, listFollowing),
  };
}

/** What the server is at fault for is an error with its cause; what the client is, a fact. */
function log(
  logger: GatewayPorts['logger'],
  call: keyof GatewayCalls,
  caller: Caller | undefined,
  { code, message, details, cause }: GatewayError,
): void {
  const facts = { call, userId: caller?.userId, refusal: code, details };
  if (code === 'internal') logger.error({ ...facts, err: cause }, 'a call failed');
  else if (code === 'unavailable') logger.warn({ ...facts, err: cause }, 'a call has to wait');
  else {
    const reason = cause instanceof Error ? cause.message : message;
    logger.info({ ...facts, reason }, 'a call was refused');
  }
}
