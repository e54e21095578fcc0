import { defineUnit } from '../deployment-unit.ts';

/** Placeholder. */
export const gateway = defineUnit({
  name: 'gateway',
  project: '@ayna/gateway-functions',
  what: 'to come',
  settings: {},
  secrets: [],
  checks: () => [],
  commands: () => Promise.resolve([]),
});
