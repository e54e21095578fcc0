import type { Entity } from '../entity.ts';
import { dmConversation } from './dm-conversation.ts';
import { dmMessage } from './dm-message.ts';
import { followEdge } from './follow-edge.ts';

/** Every mirrored document type. Made from the files beside this one by `pnpm entities`. */
export const entities: readonly Entity[] = [dmConversation, dmMessage, followEdge];
