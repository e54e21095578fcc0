import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from './gateway-error.ts';

/** How often a user may call. */
export interface CallLimit {
  /** Calls in a window. */
  readonly calls: number;
  readonly windowSeconds: number;
}

/** Keeps users from calling too often. */
export interface CallLimiter extends AsyncDisposable {
  /** Counts a call; rejects with GatewayError `resource-exhausted` once there are too many. */
  take(userId: string): Promise<void>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

const MILLISECONDS = 1_000;
/** How long Redis may take to answer before this instance counts by itself. */
const REDIS_TIMEOUT_MS = 250;

/**
 * Counts calls per user, each window from its first call on: in the memory of this instance or, where
 * `redisUrl` is given, in Redis for all instances together. While Redis is away, each instance counts
 * by itself: nobody is locked out for it.
 */
export async function openCallLimiter(
  { calls, windowSeconds }: CallLimit,
  redisUrl?: string,
): Promise<CallLimiter> {
  const options = { points: calls, duration: windowSeconds, keyPrefix: 'ayna:gateway' };
  const inMemory = new RateLimiterMemory(options);
  if (redisUrl === undefined) return limiterOf(inMemory, () => Promise.resolve());
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisUrl, {
    commandTimeout: REDIS_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  // The client goes on connecting by itself; without a listener each failure would be printed.
  redis.on('error', () => undefined);
  const shared = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    insuranceLimiter: inMemory,
    rejectIfRedisNotReady: true,
  });
  return limiterOf(shared, () => {
    redis.disconnect();
    return Promise.resolve();
  });
}

function limiterOf(
  limiter: RateLimiterMemory | RateLimiterRedis,
  close: () => Promise<void>,
): CallLimiter {
  return {
    async take(userId) {
      try {
        await limiter.consume(userId);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const retryAfterMs = Math.ceil(refusal.msBeforeNext);
        const seconds = Math.ceil(retryAfterMs / MILLISECONDS);
        throw new GatewayError('resource-exhausted', `too many calls: again in ${seconds} s`, {
          retryAfterMs,
        });
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
