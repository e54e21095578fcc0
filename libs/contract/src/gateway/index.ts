export type { GatewayCalls } from './calls.ts';
export { documentId } from './document-id.ts';
export {
  ensureConversationRequest,
  ensureFollowRequest,
  ensureMessageRequest,
  ensureResponse,
  type EnsureConversationRequest,
  type EnsureFollowRequest,
  type EnsureMessageRequest,
  type EnsureOutcome,
  type EnsureResponse,
  type EnsureTiming,
} from './ensure.ts';
export {
  gatewayErrorDetails,
  type GatewayErrorCode,
  type GatewayErrorDetails,
} from './error-details.ts';
export {
  conversationPage,
  DEFAULT_PAGE_LIMIT,
  followPage,
  listConversationsRequest,
  listFollowsRequest,
  listMessagesRequest,
  MAX_PAGE_LIMIT,
  messagePage,
  type ConversationPage,
  type FollowPage,
  type ListConversationsRequest,
  type ListFollowsRequest,
  type ListMessagesRequest,
  type MessagePage,
  type Page,
  type PageCursor,
  type PageOrder,
  type PageRequest,
} from './pages.ts';
export {
  mirroredConversation,
  mirroredFollow,
  mirroredMessage,
  type MirroredConversation,
  type MirroredFollow,
  type MirroredMessage,
  type MirroredRow,
} from './rows.ts';
