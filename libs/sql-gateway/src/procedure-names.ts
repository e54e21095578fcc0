/** Names of procedures that differ from those of the contract, by the name of the entity. */
export type ProcedureNames = Readonly<
  Record<string, { readonly upsert?: string; readonly delete?: string; readonly purge?: string }>
>;
