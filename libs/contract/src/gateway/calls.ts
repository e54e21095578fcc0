import type {
  EnsureConversationRequest,
  EnsureFollowRequest,
  EnsureMessageRequest,
  EnsureResponse,
} from './ensure.ts';
import type {
  ConversationPage,
  FollowPage,
  ListConversationsRequest,
  ListFollowsRequest,
  ListMessagesRequest,
  MessagePage,
} from './pages.ts';

interface Call<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

/**
 * Every callable by its name, with what it takes and gives.
 *
 * @example
 * type Name = keyof GatewayCalls;
 * declare function call<N extends Name>(
 *   name: N,
 *   request: GatewayCalls[N]['request'],
 * ): Promise<GatewayCalls[N]['response']>;
 */
export interface GatewayCalls {
  readonly sqlGatewayEnsureMessage: Call<EnsureMessageRequest, EnsureResponse>;
  readonly sqlGatewayEnsureConversation: Call<EnsureConversationRequest, EnsureResponse>;
  readonly sqlGatewayEnsureFollow: Call<EnsureFollowRequest, EnsureResponse>;
  readonly sqlGatewayListMessages: Call<ListMessagesRequest, MessagePage>;
  readonly sqlGatewayListConversations: Call<ListConversationsRequest, ConversationPage>;
  readonly sqlGatewayListFollowers: Call<ListFollowsRequest, FollowPage>;
  readonly sqlGatewayListFollowing: Call<ListFollowsRequest, FollowPage>;
}
