export { buildEvent, messageIdOf } from './event-builder.ts';
export { createPublisher, type Publisher } from './publisher.ts';
