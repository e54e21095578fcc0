export { checkStore, type CheckStoreOptions, type StoreUnderTest } from './check-store.ts';
export { spread, spreads, type Spread, type Spreading } from './deliveries.ts';
export { histories, type CommittedChange, type HistoryOptions } from './histories.ts';
export { keyText, modelRows, rowOf, type ModelRow } from './model.ts';
export { runs } from './runs.ts';
