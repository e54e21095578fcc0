import type { Command } from 'commander';
import type { CommandContext } from './command-context.ts';

const ASKED_FOR = /^(OTEL_EXPORTER_OTLP_.*ENDPOINT|APPLICATIONINSIGHTS_CONNECTION_STRING)$/;

/**
 * Lets commands tell what they do to OpenTelemetry, where the environment names somebody to tell.
 * Nothing is loaded otherwise.
 */
export function traceCommands(
  program: Command,
  { env }: Pick<CommandContext, 'env'>,
): { close(): Promise<void> } {
  let close = () => Promise.resolve();
  program.hook('preAction', async () => {
    if (!Object.keys(env).some((name) => ASKED_FOR.test(name))) return;
    const { startTracing } = await import('./start-tracing.ts');
    const telemetry = await startTracing(env);
    close = () => telemetry.close();
  });
  return { close: () => close() };
}
