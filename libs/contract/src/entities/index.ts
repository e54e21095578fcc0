import type { Entity } from '../entity.ts';
import { dmConversation } from './dm-conversation.ts';
import { dmMessage } from './dm-message.ts';
import { followEdge } from './follow-edge.ts';

/** Every mirrored document type. To add one: define it in a file beside these and list it here. */
export const entities: readonly Entity[] = [dmConversation, dmMessage, followEdge];
