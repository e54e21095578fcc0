import { wholeNumber } from '@ayna/platform';
import { DEFAULT_LIMITS, type HubLimits } from '@ayna/realtime';
import type { z } from 'zod';

const MILLIS_PER_SECOND = 1_000;
const MILLIS_PER_HOUR = 3_600_000;
const DAY_S = 86_400;

const seconds = (milliseconds: number) => milliseconds / MILLIS_PER_SECOND;

/** The variables that bound what a hub does. */
export const limitSettings = {
  HUB_MAX_CONNECTIONS: wholeNumber(1, 1_000_000).default(DEFAULT_LIMITS.maxConnections),
  HUB_MAX_CONNECTIONS_PER_USER: wholeNumber(1, 10_000).default(
    DEFAULT_LIMITS.maxConnectionsPerUser,
  ),
  HUB_MAX_FRAME_BYTES: wholeNumber(20_480, 1_048_576).default(DEFAULT_LIMITS.maxFrameBytes),
  HUB_MAX_BUFFERED_BYTES: wholeNumber(131_072, 1_073_741_824).default(
    DEFAULT_LIMITS.maxBufferedBytes,
  ),
  HUB_MAX_CHANGE_BYTES: wholeNumber(8_192, 1_048_576).default(DEFAULT_LIMITS.maxChangeBytes),
  HUB_HEARTBEAT_SECONDS: wholeNumber(1, 300).default(seconds(DEFAULT_LIMITS.heartbeatMs)),
  HUB_REORDER_WINDOW_MS: wholeNumber(0, 60_000).default(DEFAULT_LIMITS.reorderWindowMs),
  HUB_UNKNOWN_SECONDS: wholeNumber(1, 3_600).default(seconds(DEFAULT_LIMITS.unknownMs)),
  HUB_GAP_SECONDS: wholeNumber(5, 14 * DAY_S).default(seconds(DEFAULT_LIMITS.gapMs)),
  HUB_LOG_HOURS: wholeNumber(1, 8_760).default(DEFAULT_LIMITS.maxAgeMs / MILLIS_PER_HOUR),
  HUB_LOG_CHANGES: wholeNumber(1_000, 1_000_000_000).default(DEFAULT_LIMITS.maxChanges),
};

/** What `limitSettings` say. */
export function limitsOf(config: z.infer<z.ZodObject<typeof limitSettings>>): HubLimits {
  return {
    ...DEFAULT_LIMITS,
    maxConnections: config.HUB_MAX_CONNECTIONS,
    maxConnectionsPerUser: config.HUB_MAX_CONNECTIONS_PER_USER,
    maxFrameBytes: config.HUB_MAX_FRAME_BYTES,
    maxBufferedBytes: config.HUB_MAX_BUFFERED_BYTES,
    maxChangeBytes: config.HUB_MAX_CHANGE_BYTES,
    heartbeatMs: config.HUB_HEARTBEAT_SECONDS * MILLIS_PER_SECOND,
    reorderWindowMs: config.HUB_REORDER_WINDOW_MS,
    unknownMs: config.HUB_UNKNOWN_SECONDS * MILLIS_PER_SECOND,
    gapMs: config.HUB_GAP_SECONDS * MILLIS_PER_SECOND,
    maxAgeMs: config.HUB_LOG_HOURS * MILLIS_PER_HOUR,
    maxChanges: config.HUB_LOG_CHANGES,
  };
}
