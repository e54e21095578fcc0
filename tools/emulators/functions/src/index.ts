export {
  startFunctionsEmulator,
  type FunctionsEmulator,
  type FunctionsEmulatorOptions,
  type HttpsFunction,
} from './functions-emulator.ts';
