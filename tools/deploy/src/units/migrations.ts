import { defineUnit } from '../deployment-unit.ts';

/** Placeholder. */
export const migrations = defineUnit({
  name: 'migrations',
  project: '@ayna/sql',
  what: 'to come',
  settings: {},
  secrets: [],
  checks: () => [],
  commands: () => Promise.resolve([]),
});
