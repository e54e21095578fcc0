import {
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  type Dialect,
  type Driver,
  type TransactionSettings,
} from 'kysely';
import type { HeldConnection } from './held-connection.ts';

/** Kysely on the pool of `mssql`, which `acquire` takes connections from. */
export function kyselyMssqlDialect(acquire: () => Promise<HeldConnection>): Dialect {
  return {
    createAdapter: () => new MssqlAdapter(),
    createDriver: () => new KyselyMssqlDriver(acquire),
    createIntrospector: (kysely) => new MssqlIntrospector(kysely),
    createQueryCompiler: () => new MssqlQueryCompiler(),
  };
}

/** Kysely's own driver makes its connections by itself; this one has those of the pool. */
class KyselyMssqlDriver implements Driver {
  readonly acquireConnection: () => Promise<HeldConnection>;

  constructor(acquire: () => Promise<HeldConnection>) {
    this.acquireConnection = acquire;
  }

  async init(): Promise<void> {
    // The pool connects when it is first used.
  }

  beginTransaction(connection: HeldConnection, settings: TransactionSettings): Promise<void> {
    return connection.begin(settings);
  }

  commitTransaction(connection: HeldConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: HeldConnection): Promise<void> {
    return connection.rollback();
  }

  releaseConnection(connection: HeldConnection): Promise<void> {
    return connection.release();
  }

  async destroy(): Promise<void> {
    // The pool is closed by the one who opened it.
  }
}
