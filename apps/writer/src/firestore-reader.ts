import { AynaError, encodeDocument, locateDocument, type Entity } from '@ayna/contract';
import { connectFirestore, openDocumentSource, type DocumentSource } from '@ayna/firestore';
import type { ReadDocument } from '@ayna/processor';

/**
 * Reads documents that were too large to travel, with the credentials of the process. Most writers
 * never meet one, so the Firestore client is loaded at the first.
 */
export function firestoreReader(projectId: string, entities: readonly Entity[]): ReadDocument {
  let connected: Promise<DocumentSource> | undefined;
  const read = async (path: string) => {
    const located = locateDocument(entities, path);
    if (!located) return undefined;
    const source = await (connected ??= connectFirestore(projectId).then(openDocumentSource));
    const [reading] = await source.readMany(located.entity, [located.key]);
    return reading?.document?.state;
  };
  return async (path) => {
    try {
      const state = await read(path);
      return state && { document: encodeDocument(state.fields), version: state.version };
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new AynaError('DocumentUnavailable', `"${path}" cannot be read: ${detail}`, { cause });
    }
  };
}
