export type { DocumentChange, DocumentState } from './document-change.ts';
export { documentPath, type DocumentPath } from './document-path.ts';
export { entities } from './entities/index.ts';
export { dmConversation } from './entities/dm-conversation.ts';
export { dmMessage } from './entities/dm-message.ts';
export { followEdge } from './entities/follow-edge.ts';
export {
  defineEntity,
  mirrorColumns,
  operations,
  type Entity,
  type EntityDefinition,
  type Operation,
} from './entity.ts';
export { entityOfType, locateDocument, type LocatedDocument } from './entity-lookup.ts';
export { AynaError, errorRegistry, type ErrorCode } from './errors.ts';
export { field, type FieldDefinition, type FieldKind } from './fields.ts';
export {
  CONTRACT_VERSION,
  eventAttributesSchema,
  eventDataSchema,
  parseMirrorEvent,
  syncSources,
  wireData,
  type EventAttributes,
  type EventData,
  type MirrorEvent,
  type SyncSource,
  type TypedEvent,
} from './mirror-event.ts';
export { mirrorChange, type MirrorChange, type Outcome } from './mirror-change.ts';
export { pascalCase, snakeCase } from './names.ts';
export {
  checkKey,
  MAX_KEY_BYTES,
  projectDocument,
  projectFields,
  type Columns,
  type ColumnValue,
} from './row.ts';
export { SourceVersion } from './source-version.ts';
export { decodeDocument, decodeValue, encodeDocument, encodeValue } from './values/canonical.ts';
export type { CanonicalJson } from './values/canonical-json.ts';
export {
  contractValues,
  GeoPointValue,
  ReferenceValue,
  TimestampValue,
  VectorValue,
  type ValueFactory,
} from './values/firestore-values.ts';
