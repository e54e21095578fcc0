import type {
  ConversationPage,
  FollowPage,
  ListConversationsRequest,
  ListFollowsRequest,
  ListMessagesRequest,
  MessagePage,
} from '@ayna/contract/gateway';
import type { Caller } from '../caller.ts';
import { mayRead } from '../conversation-access.ts';
import type { GatewayPorts } from '../gateway-ports.ts';
import { readPage } from './read-page.ts';

/** The calls by which a client reads the mirror. */
export interface ListCalls {
  readonly listMessages: (caller: Caller, request: ListMessagesRequest) => Promise<MessagePage>;
  readonly listConversations: (
    caller: Caller,
    request: ListConversationsRequest,
  ) => Promise<ConversationPage>;
  readonly listFollowers: (caller: Caller, request: ListFollowsRequest) => Promise<FollowPage>;
  readonly listFollowing: (caller: Caller, request: ListFollowsRequest) => Promise<FollowPage>;
}

export function listCalls({ reads, store }: Pick<GatewayPorts, 'reads' | 'store'>): ListCalls {
  return {
    async listMessages(caller, request) {
      const { conversationId, order = 'newest' } = request;
      await mayRead({ store }, caller, conversationId);
      return readPage(['messages', caller.userId, conversationId, order], request, (options) =>
        reads.messages(conversationId, { ...options, order }),
      );
    },
    listConversations: ({ userId }, request) =>
      readPage(['conversations', userId], request, (options) =>
        reads.conversations(userId, options),
      ),
    listFollowers: ({ userId }, { order = 'newest', ...request }) =>
      readPage(['followers', userId, order], request, (options) =>
        reads.followers(userId, { ...options, order }),
      ),
    listFollowing: ({ userId }, { order = 'newest', ...request }) =>
      readPage(['following', userId, order], request, (options) =>
        reads.following(userId, { ...options, order }),
      ),
  };
}
