import { containerUnit } from '../containers/container-unit.ts';

/** Firestore against SQL, a job every night. */
export const checker = containerUnit('checker');
