/** What `within` gives when the time is up. */
export const TIME_IS_UP: unique symbol = Symbol('time is up');

/**
 * Waits for a promise, but not for longer than `milliseconds`. Rejects when the promise does so in
 * time; what it does later is ignored.
 */
export function within<T>(milliseconds: number, work: Promise<T>): Promise<T | typeof TIME_IS_UP> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(TIME_IS_UP);
    }, milliseconds);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
