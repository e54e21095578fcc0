export { connectFirestore } from './connect-firestore.ts';
export {
  openDocumentSource,
  type DocumentKey,
  type DocumentRange,
  type DocumentReading,
  type DocumentSource,
  type ScanDocumentsOptions,
  type SourceDocument,
} from './document-source.ts';
export { functionsFirestore } from './functions-firestore.ts';
export { firestoreFailure } from './firestore-failure.ts';
export { firestoreSettings } from './settings.ts';
