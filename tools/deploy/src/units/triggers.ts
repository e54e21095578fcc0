import { defineUnit } from '../deployment-unit.ts';

/** Placeholder. */
export const triggers = defineUnit({
  name: 'triggers',
  project: '@ayna/triggers',
  what: 'to come',
  settings: {},
  secrets: [],
  checks: () => [],
  commands: () => Promise.resolve([]),
});
