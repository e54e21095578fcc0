/** The folder with the PostgreSQL dialect: `migrations/` (numbered, append-only) and `procedures/` (generated). */
export declare const postgresDirectory: string;
