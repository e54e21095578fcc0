import type { Mutation } from '../mutation.ts';
import { attributeMutations } from './attributes.ts';
import { bodyMutations } from './bodies.ts';
import { dataFieldMutations } from './data-fields.ts';
import { documentMutations } from './documents.ts';
import { keyMutations } from './keys.ts';

/** Every way to spoil a message. */
export const mutations: readonly Mutation[] = [
  ...attributeMutations,
  ...dataFieldMutations,
  ...keyMutations,
  ...documentMutations,
  ...bodyMutations,
];
