import { BrokerError } from '../broker/broker-error.ts';

/**
 * Durations as the administration API writes them (ISO 8601). "For ever" is what .NET calls
 * `TimeSpan.MaxValue`.
 */
const FOREVER = 'P10675199DT2H48M5.4775807S';
/** Anything from ten million days on counts as "for ever". */
const FOREVER_MS = 10_000_000 * 86_400_000;
const DURATION =
  /^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

const UNITS_MS = [365 * 86_400_000, 30 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds; `Infinity` for ever. Throws `invalid-argument`. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text);
  if (!match || text === 'P' || text.endsWith('T')) {
    throw new BrokerError('invalid-argument', `'${text}' is not a valid duration.`);
  }
  const totalMs = UNITS_MS.reduce(
    (sum, unitMs, place) => sum + Number(match[place + 1] ?? 0) * unitMs,
    0,
  );
  return totalMs >= FOREVER_MS ? Infinity : totalMs;
}

/** The shortest form, as Azure writes it. */
export function formatDuration(durationMs: number): string {
  if (durationMs === Infinity) return FOREVER;
  const days = Math.floor(durationMs / 86_400_000);
  let rest = durationMs - days * 86_400_000;
  const hours = Math.floor(rest / 3_600_000);
  rest -= hours * 3_600_000;
  const minutes = Math.floor(rest / 60_000);
  const seconds = (rest - minutes * 60_000) / 1000;
  const time = [
    hours > 0 ? `${hours}H` : '',
    minutes > 0 ? `${minutes}M` : '',
    seconds > 0 ? `${seconds}S` : '',
  ].join('');
  const date = days > 0 ? `${days}D` : '';
  if (!date && !time) return 'PT0S';
  return `P${date}${time && `T${time}`}`;
}
