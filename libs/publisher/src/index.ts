export type { DocumentChange, DocumentState } from './document-change.ts';
export { buildEvent, messageIdOf } from './event-builder.ts';
export { createPublisher, type Publisher } from './publisher.ts';
