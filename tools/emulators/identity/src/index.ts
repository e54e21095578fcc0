export {
  startIdentityEmulator,
  type IdentityEmulator,
  type IdentityEmulatorOptions,
} from './identity-emulator.ts';
