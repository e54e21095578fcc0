import type { KeyValueStorage } from '../ports/key-value-storage.ts';

/** The part of `localStorage` that is used. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** `localStorage` as a storage; `indexedDbStorage` holds more and never blocks the page. */
export function webStorage(storage: WebStorage): KeyValueStorage {
  const attempt = <T>(work: () => T) =>
    new Promise<T>((resolve) => {
      resolve(work());
    });
  return {
    getItem: (key) => attempt(() => storage.getItem(key)),
    setItem: (key, value) => attempt(() => storage.setItem(key, value)),
    removeItem: (key) => attempt(() => storage.removeItem(key)),
    getAllKeys: () =>
      attempt(() =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter(
          (key) => key !== null,
        ),
      ),
  };
}
