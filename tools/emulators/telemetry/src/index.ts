export { describeTrace } from './describe-trace.ts';
export type { AttributeValue, CollectedSpan } from './otlp-spans.ts';
export {
  startTelemetryEmulator,
  type AzureEnvelope,
  type TelemetryEmulator,
} from './telemetry-emulator.ts';
