import type { Entity } from '@ayna/contract';

/** The identity fields of a document or row, by name. */
export type MirrorKey = Readonly<Record<string, string>>;

/** The bytewise order of keys, column by column: the order in which both sides are scanned. */
export function compareKeys(entity: Entity, a: MirrorKey, b: MirrorKey): number {
  for (const name of entity.key) {
    const order = compareText(a[name] ?? '', b[name] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** The order of two texts by their bytes in UTF-8, which is that of their code points. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** A surrogate stands for a code point above all that fit one code unit. */
function codePointRank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}

const MAX_ID_BYTES = 1_500;

/**
 * True when Firestore can have a document of this key. A row written by hand may have one that no
 * document can have, and Firestore refuses to be asked for it.
 */
export function isDocumentKey(entity: Entity, key: MirrorKey): boolean {
  return entity.key.every((name) => {
    const id = key[name] ?? '';
    const isReserved = id === '.' || id === '..' || /^__(?!id\d+__$).*__$/s.test(id);
    const fits = id !== '' && Buffer.byteLength(id) <= MAX_ID_BYTES && id.isWellFormed();
    return fits && !isReserved && !id.includes('/');
  });
}
