/**
 * Where the retry queue lives. The shape of React Native's AsyncStorage, which fits as it is; for
 * browsers there are `indexedDbStorage` and `webStorage`. Each call acts on one key, and is on disk
 * when it resolves.
 */
export interface KeyValueStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  getAllKeys(): Promise<readonly string[]>;
}
