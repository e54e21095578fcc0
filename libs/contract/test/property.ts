import fc from 'fast-check';
import { test as base } from 'vitest';

export { fc };

/** vitest's `test` with `prop`: a guarantee that must hold for every generated input. */
export const test = Object.assign(base, {
  prop:
    <Values extends [unknown, ...unknown[]]>(arbitraries: {
      [Index in keyof Values]: fc.Arbitrary<Values[Index]>;
    }) =>
    (title: string, guarantee: (...values: Values) => void): void => {
      base(title, () => {
        fc.assert(fc.property(...arbitraries, guarantee));
      });
    },
});
