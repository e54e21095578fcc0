import { fileURLToPath } from 'node:url';

export const postgresDirectory = fileURLToPath(new URL('./postgres/', import.meta.url));
export const sqlServerDirectory = fileURLToPath(new URL('./sqlserver/', import.meta.url));
export const hubDirectory = fileURLToPath(new URL('./hub/', import.meta.url));
