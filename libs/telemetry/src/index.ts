export { startTelemetry, type Telemetry, type TelemetryOptions } from './start-telemetry.ts';
export type { Environment } from './telemetry-settings.ts';
