export { startAuthEmulator, type AuthEmulator, type AuthEmulatorOptions } from './emulator.ts';
