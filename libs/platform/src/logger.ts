import { trace } from '@opentelemetry/api';
import { destination, pino, type Logger } from 'pino';
import { traceFields } from './tracing.ts';

export type { Logger } from 'pino';

/** The levels that `LOG_LEVEL` takes. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Paths whose values never reach a log, at the top and one level down. */
const SECRET_KEYS = ['connectionString', 'password', 'accessKey', 'token', 'url', 'authorization'];

/**
 * A logger that writes one JSON object a line to standard error, so that standard output stays free
 * for results. Connection strings, passwords, keys and URLs given as fields are censored; text that
 * looks like a key or a password inside messages and errors is censored too. Within a span, a line has
 * its `trace_id` and `span_id`.
 */
export function createLogger(name: string, level: LogLevel = 'info'): Logger {
  return pino(
    {
      name,
      level,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' },
      mixin: () => traceFields(trace.getActiveSpan()?.spanContext()),
      hooks: {
        streamWrite: censorSecrets,
      },
    },
    destination({ fd: 2, sync: false }),
  );
}

/** Replaces what looks like a secret in a text: shared access keys and passwords in URLs. */
export function censorSecrets(text: string): string {
  return text
    .replace(
      /(SharedAccessKey|Password|Pwd|AccountKey|InstrumentationKey)=[^;"\s]+/gi,
      '$1=[secret]',
    )
    .replace(/(SharedAccessSignature )sr=[^;"\s]+/gi, '$1[secret]')
    .replace(/([a-z][a-z0-9+]*:\/\/[^:/@\s"]*):[^@/\s"]+@/gi, '$1:[secret]@');
}
