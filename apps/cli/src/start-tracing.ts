import { createLogger } from '@ayna/platform';
import { startTelemetry, type Telemetry } from '@ayna/telemetry';
import type { CommandContext } from './command-context.ts';

/** Starts telling OpenTelemetry what a command does; to be closed when it has ended. */
export function startTracing(env: CommandContext['env']): Promise<Telemetry> {
  const logger = createLogger('ayna', 'warn');
  return startTelemetry({ serviceName: 'ayna-cli', logger, env, scraped: false });
}
