import { hubDirectory } from '@ayna/sql';
import { migrate, type Database, type MigrationStep } from '@ayna/sql-gateway';

/**
 * Brings the hub's tables into being, or to this version. They may stand in the mirror's database or
 * in one of their own. Safe to call from any number of hubs.
 *
 * @throws AynaError as `migrate` does
 */
export function migrateRealtimeLog(database: Database): Promise<MigrationStep[]> {
  return migrate(database, { directory: hubDirectory, scope: 'hub' });
}
