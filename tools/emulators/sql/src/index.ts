export { startPglite, type PgliteOptions } from './pglite/start-pglite.ts';
export { spawnPglite, type SpawnedDatabase } from './pglite/spawn-pglite.ts';
export {
  startPostgres,
  type PostgresOptions,
  type PostgresServer,
  type PostgresStop,
} from './postgres/start-postgres.ts';
export type { RunningDatabase } from './running-database.ts';
export {
  startScriptedTds,
  type ScriptedTds,
  type ScriptedTdsOptions,
} from './scripted-tds/start-scripted-tds.ts';
export type { TdsAnswer } from './scripted-tds/scripted-session.ts';
export type { TdsError } from './scripted-tds/tokens.ts';
