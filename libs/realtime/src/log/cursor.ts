/** A place in the log, as the hub sees it; clients get it as opaque text. */
export interface LogPlace {
  readonly epoch: string;
  /** The changes up to here, this one included, have been seen. */
  readonly sequence: number;
}

export function formatCursor({ epoch, sequence }: LogPlace): string {
  return `${epoch}.${sequence}`;
}

/** Undefined for what is no cursor. */
export function parseCursor(text: string): LogPlace | undefined {
  const [, epoch, digits] = /^([0-9a-f]{1,32})\.(\d{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || digits === undefined) return undefined;
  return { epoch, sequence: Number(digits) };
}
