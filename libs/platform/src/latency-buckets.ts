/** Bucket bounds of latency histograms, in milliseconds, around the target of 200 ms. */
export const LATENCY_BUCKETS_MS: number[] = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 250, 350, 500, 750, 1_000, 2_500, 5_000, 10_000,
  30_000, 60_000,
];
