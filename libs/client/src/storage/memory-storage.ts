import type { KeyValueStorage } from '../ports/key-value-storage.ts';

/** A storage that lives as long as the app: for where there is no other. */
export function memoryStorage(): KeyValueStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => Promise.resolve(items.get(key) ?? null),
    setItem: (key, value) => {
      items.set(key, value);
      return Promise.resolve();
    },
    removeItem: (key) => {
      items.delete(key);
      return Promise.resolve();
    },
    getAllKeys: () => Promise.resolve([...items.keys()]),
  };
}
