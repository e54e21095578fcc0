/** What stands in canonical JSON. */
export type CanonicalJson =
  null | boolean | number | string | CanonicalJson[] | { [key: string]: CanonicalJson };

/** The key that marks a value JSON does not have, in the convention of Firestore export tools. */
export const DATATYPE_KEY = '__datatype__';

/** A double: as itself where JSON has it, else tagged. */
export function encodeNumber(value: number): CanonicalJson {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { [DATATYPE_KEY]: 'double', value: Object.is(value, -0) ? '-0' : String(value) };
}
