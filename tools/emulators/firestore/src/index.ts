export {
  startFirestoreEmulator,
  type FirestoreEmulator,
  type FirestoreEmulatorOptions,
} from './emulator.ts';
export type { WallClock } from './store/clock.ts';
export type {
  DeliveryOptions,
  DeliveryStats,
  Disturbance,
  Functions,
} from './functions/functions.ts';
export type {
  CloudEvent,
  CloudFunction,
  FunctionTarget,
  RegisterOptions,
} from './functions/target.ts';
