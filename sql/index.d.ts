/** The folder of PostgreSQL: `migrations/` and `procedures/`. */
export declare const postgresDirectory: string;
/** The folder of SQL Server and Azure SQL: `migrations/` and `procedures/`. */
export declare const sqlServerDirectory: string;
/** The folder with what the hub keeps in PostgreSQL: `migrations/` and `procedures/`. */
export declare const hubDirectory: string;
