import type { KeyValueStorage } from '../ports/key-value-storage.ts';

const STORE = 'items';

/**
 * A storage in IndexedDB, in a database of its own. It is opened at the first use, and again after
 * it was closed by the browser.
 */
export function indexedDbStorage(
  databaseName = 'ayna',
  factory: IDBFactory = indexedDB,
): KeyValueStorage {
  let opened: Promise<IDBDatabase> | undefined;
  const open = () => {
    opened ??= openDatabase(factory, databaseName, () => (opened = undefined));
    // The next use tries again.
    opened.catch(() => (opened = undefined));
    return opened;
  };
  const run = async <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      // Only a transaction that is complete is on disk.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB aborted'));
    });
  };
  return {
    getItem: async (key) => {
      const value: unknown = await run(
        'readonly',
        (store) => store.get(key) as IDBRequest<unknown>,
      );
      return typeof value === 'string' ? value : null;
    },
    setItem: async (key, value) => {
      await run('readwrite', (store) => store.put(value, key));
    },
    removeItem: async (key) => {
      await run('readwrite', (store) => store.delete(key));
    },
    getAllKeys: async () => (await run('readonly', (store) => store.getAllKeys())).map(String),
  };
}

function openDatabase(
  factory: IDBFactory,
  name: string,
  onClosed: () => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB cannot be opened'));
    request.onsuccess = () => {
      const database = request.result;
      database.onclose = onClosed;
      database.onversionchange = () => {
        onClosed();
        database.close();
      };
      resolve(database);
    };
  });
}
