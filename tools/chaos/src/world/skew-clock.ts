/**
 * Loaded into a writer before its program: its wall clock is wrong by `CHAOS_CLOCK_SKEW_MS`, as on
 * a machine whose clock nobody sets. Timers are not touched.
 */
const skewMs = Number(process.env.CHAOS_CLOCK_SKEW_MS ?? 0);

if (skewMs !== 0) {
  const realNow = Date.now.bind(Date);
  Date.now = () => realNow() + skewMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given: unknown[], newTarget) =>
      Reflect.construct(target, given.length === 0 ? [Date.now()] : given, newTarget) as Date,
    apply: () => new Date(Date.now()).toString(),
  });
}
