import { performance } from 'node:perf_hooks';

/** Now, in milliseconds of a clock that never jumps. */
export const nowMs = (): number => performance.now();
