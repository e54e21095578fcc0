/** One write of the load: a document set to these fields, or deleted when there are none. */
export interface Write {
  readonly path: string;
  /** Canonical fields, decoded; undefined deletes the document. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
  /** Where the write stands in the input, for messages. */
  readonly line?: number;
}
