/** A document path with named parameters: `conversations/{conversationId}/messages/{messageId}`. */
export interface DocumentPath {
  readonly pattern: string;
  /** The parameter names, from left to right: the key of the entity. */
  readonly params: readonly string[];
  /** The parameters of a path, or undefined when the path is of another shape. */
  match(path: string): Readonly<Record<string, string>> | undefined;
  /** The path of a key; the inverse of `match`. */
  format(key: Readonly<Record<string, string>>): string;
}

/**
 * Parses a path pattern.
 *
 * @throws TypeError when it is not `collection/{param}` pairs with parameters of different names.
 */
export function documentPath(pattern: string): DocumentPath {
  const segments = pattern.split('/');
  const params: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const param = /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(segment)?.[1];
    const isDocument = index % 2 === 1;
    if (isDocument !== (param !== undefined) || segment === '') {
      throw new TypeError(`"${pattern}" is not a document path: expected collection/{param} pairs`);
    }
    if (param !== undefined) params.push(param);
  }
  if (segments.length % 2 === 1 || new Set(params).size !== params.length) {
    throw new TypeError(`"${pattern}" is not a document path with parameters of different names`);
  }
  return {
    pattern,
    params,
    match(path) {
      const actual = path.split('/');
      if (actual.length !== segments.length) return undefined;
      const key: Record<string, string> = {};
      for (const [index, segment] of segments.entries()) {
        const value = actual[index];
        if (value === undefined || value === '') return undefined;
        if (index % 2 === 0 && value !== segment) return undefined;
        if (index % 2 === 1) key[segment.slice(1, -1)] = value;
      }
      return key;
    },
    format(key) {
      return segments
        .map((segment, index) => (index % 2 === 0 ? segment : (key[segment.slice(1, -1)] ?? '')))
        .join('/');
    },
  };
}
