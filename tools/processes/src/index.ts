export { startChild, type Child, type ChildOptions } from './child.ts';
export { seededRandom, type Random } from './seeded-random.ts';
