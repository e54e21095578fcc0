export { openChangePublisher, type ChangePublisher } from './change-publisher.ts';
export { buildEvent, messageIdOf } from './event-builder.ts';
export { createPublisher, type Publisher } from './publisher.ts';
