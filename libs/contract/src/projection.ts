/**
 * What makes a document's row, for clients: the part of the contract that needs no schemas and so
 * weighs next to nothing in an app.
 */
export { dmConversation } from './entities/dm-conversation.ts';
export { dmMessage } from './entities/dm-message.ts';
export { followEdge } from './entities/follow-edge.ts';
export { projectFields } from './row.ts';
