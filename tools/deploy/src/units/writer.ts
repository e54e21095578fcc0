import { containerUnit } from '../containers/container-unit.ts';

/** Subscription sql-writer -> SQL, 1..20 replicas. */
export const writer = containerUnit('writer');
