import { z } from 'zod';

// What Azure would refuse only after minutes is refused before anything is done.

/** Begins every name; the names of vault and registry leave room for ten letters and digits. */
export const prefixSetting = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,9}$/)
  .default('ayna')
  .describe('expected 2 to 10 small letters and digits, a letter first');

/** The registry's address, without a protocol. */
export const registrySetting = z
  .string()
  .regex(/^[a-zA-Z0-9]{5,50}\.azurecr\.io$/)
  .describe('expected NAME.azurecr.io, an output of main.bicep');

/** A tag as registries take it. */
export const imageTagSetting = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/)
  .describe('expected the tag of the image, such as the commit');

/** The object id of something in Entra ID. */
export const objectIdSetting = z.guid().describe('expected the object id of that group');
