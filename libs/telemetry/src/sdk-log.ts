import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Logger } from '@ayna/platform';
import type { Environment } from './telemetry-settings.ts';

const SAY_EVERY_MS = 60_000;
/** A part of a setting that is shorter than this is no secret, and could be a part of any word. */
const MIN_SECRET_LENGTH = 8;
const SECRETS = /^(APPLICATIONINSIGHTS_CONNECTION_STRING|OTEL_EXPORTER_OTLP_.*(HEADERS|ENDPOINT))$/;

/**
 * Lets the log say when telemetry cannot be sent: the first time, then at most once a minute, with
 * how often it was.
 * Whatever of the exporters' settings stands in what the SDK says is taken out: keys, headers, and
 * endpoints, which may hold a password.
 */
export function logSdkFailures(logger: Pick<Logger, 'warn'>, env: Environment): void {
  const secrets = secretsOf(env);
  const censor = (text: string) =>
    secrets.reduce((censored, secret) => censored.replaceAll(secret, '[secret]'), text);
  let lastSaidMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  const report = (message: string, ...details: unknown[]) => {
    count += 1;
    if (performance.now() - lastSaidMs < SAY_EVERY_MS) return;
    const detail = censor([message, ...details].map(describe).join(' '));
    logger.warn({ detail, count }, 'telemetry could not be sent; all else goes on');
    lastSaidMs = performance.now();
    count = 0;
  };
  const silent = () => undefined;
  diag.setLogger(
    { error: report, warn: report, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

function secretsOf(env: Environment): string[] {
  const values = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && SECRETS.test(name) ? [value] : [],
  );
  // `InstrumentationKey=KEY;IngestionEndpoint=URL`, `api-key=KEY,other=...`
  const parts = values.flatMap((value) =>
    value.split(/[;,]/).map((part) => part.replace(/^\w[\w-]*=/, '')),
  );
  return [...new Set([...values, ...parts])]
    .filter((part) => part.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
}

function describe(detail: unknown): string {
  if (detail instanceof Error) return detail.message;
  if (typeof detail !== 'string') return JSON.stringify(detail);
  // The SDK writes errors as JSON, with their stacks.
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(detail)?.[1] ?? detail;
}
