import { setTimeout as delay } from 'node:timers/promises';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { nowMs } from '../now.ts';
import { makeBacklog } from './backlog.ts';

/** The Firebase project of the bench. */
export const PROJECT = 'bench';

/** Writes in flight at once when documents are written as fast as it goes. */
const CONCURRENCY = 64;

/** Writes documents to an embedded Firestore. */
export interface DocumentLoad extends AsyncDisposable {
  /** As fast as it goes. */
  write(count: number): Promise<void>;
  /** One after the other at a steady pace, whether or not the writes before have come back. */
  writeSteadily(count: number, perSecond: number): Promise<void>;
}

/** Opens a load on the emulator at `host` (`host:port`). */
export function documentLoad(host: string): DocumentLoad {
  process.env.FIRESTORE_EMULATOR_HOST = host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  const app = initializeApp({ projectId: PROJECT }, 'bench-load');
  const firestore = getFirestore(app);
  let loads = 0;

  /** Documents of all entities that were never written before. */
  const documents = (count: number) => {
    loads += 1;
    // Six changes in ten are creates.
    return makeBacklog(count * 2, `load${loads}-`)
      .changes.flatMap(({ path, before, after }) =>
        before || !after ? [] : [{ path, fields: after.fields }],
      )
      .slice(0, count);
  };

  return {
    async write(count) {
      const waiting = documents(count).values();
      const worker = async () => {
        for (const { path, fields } of waiting) await firestore.doc(path).set(fields);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    },
    async writeSteadily(count, perSecond) {
      const begun = nowMs();
      const writes: Promise<unknown>[] = [];
      for (const [index, { path, fields }] of documents(count).entries()) {
        const waitMs = begun + (index * 1_000) / perSecond - nowMs();
        if (waitMs > 1) await delay(waitMs);
        writes.push(firestore.doc(path).set(fields));
      }
      await Promise.all(writes);
    },
    [Symbol.asyncDispose]: () => deleteApp(app),
  };
}
