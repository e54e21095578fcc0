/** Where clients read an entity from; see `@ayna/client`. */
export const readPhases = ['A', 'B', 'C'] as const;
export type ReadPhase = (typeof readPhases)[number];

/** What a flag is: its name everywhere, and the values it may take. */
export interface FlagDefinition<Value extends boolean | string = boolean | string> {
  /** Also the name of the parameter in Remote Config, which takes letters, digits and `_`. */
  readonly key: string;
  readonly values: readonly Value[];
  /** What holds when no provider knows the flag. */
  readonly defaultValue: Value;
  readonly description: string;
}

function defineFlag<Value extends boolean | string>(
  definition: FlagDefinition<Value>,
): FlagDefinition<Value> {
  return definition;
}

const booleans = [false, true] as const;

/** The mirrored features that have flags of their own. */
export const flaggedFeatures = ['dm', 'follow'] as const;
export type FlaggedFeature = (typeof flaggedFeatures)[number];

/** Whether clients call the gateway after each write to Firestore. */
export const useSqlMirrorDoubleWrite: Readonly<Record<FlaggedFeature, FlagDefinition<boolean>>> = {
  dm: defineFlag({
    key: 'messaging_useSqlMirrorDoubleWrite',
    values: booleans,
    defaultValue: false,
    description: 'Clients ensure each message in SQL after they wrote it to Firestore.',
  }),
  follow: defineFlag({
    key: 'follow_useSqlMirrorDoubleWrite',
    values: booleans,
    defaultValue: false,
    description: 'Clients ensure each follow edge in SQL after they wrote it to Firestore.',
  }),
};

/** Where clients read from: A Firestore, B SQL with Firestore to fall back on, C SQL only. */
export const sqlMirrorReadPhase: Readonly<Record<FlaggedFeature, FlagDefinition<ReadPhase>>> = {
  dm: defineFlag({
    key: 'messaging_sqlMirrorReadPhase',
    values: readPhases,
    defaultValue: 'A',
    description: 'Where clients read messages: A Firestore, B SQL then Firestore, C SQL only.',
  }),
  follow: defineFlag({
    key: 'follow_sqlMirrorReadPhase',
    values: readPhases,
    defaultValue: 'A',
    description: 'Where clients read follow edges: A Firestore, B SQL then Firestore, C SQL only.',
  }),
};

/** Whether the trigger functions publish changes at all. */
export const useSqlDmWriteMirror: FlagDefinition<boolean> = defineFlag({
  key: 'USE_SQL_DM_WRITE_MIRROR',
  values: booleans,
  defaultValue: true,
  description: 'The trigger functions publish changes; off, they acknowledge and drop them.',
});

/** Every flag there is. */
export const flagDefinitions: readonly FlagDefinition[] = [
  ...Object.values(useSqlMirrorDoubleWrite),
  ...Object.values(sqlMirrorReadPhase),
  useSqlDmWriteMirror,
];

/** The flag of a key; undefined for one that is not Ayna's. */
export function flagOfKey(key: string): FlagDefinition | undefined {
  return flagDefinitions.find((flag) => flag.key === key);
}
