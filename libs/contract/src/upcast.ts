/** An event as it came from the wire, of whatever version of the contract; nothing is checked yet. */
export interface WireEvent {
  readonly attributes: unknown;
  /** The parsed JSON body. */
  readonly data: unknown;
}

/** Takes an event from one version of the contract to the next. What is no event stays as it is. */
type Upcaster = (event: WireEvent) => WireEvent;

/** The step from each version to the next, from version 1 on. Steps are added, never changed. */
const steps: readonly Upcaster[] = [version1To2];

/**
 * Brings an event of an older contract to the version of this one, step by step.
 *
 * @param version the version the event has, from 1 on
 */
export function upcast(event: WireEvent, version: number): WireEvent {
  return steps.slice(version - 1).reduce((older, step) => step(older), event);
}

/** Version 2 adds `replacesVersion`; nothing published before replaced a version. */
function version1To2({ attributes, data }: WireEvent): WireEvent {
  if (typeof data !== 'object' || data === null) return { attributes, data };
  return { attributes, data: { ...data, replacesVersion: null } };
}
