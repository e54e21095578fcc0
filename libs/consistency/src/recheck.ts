import type { Entity } from '@ayna/contract';
import type { DocumentSource } from '@ayna/firestore';
import type { MirrorStore } from '@ayna/sql-gateway';
import type { Finding } from './difference.ts';
import { lookAgain, type SecondLook, type Suspect } from './second-look.ts';
import type { Tally } from './tally.ts';
import { openWaitingRoom, type Again } from './waiting-room.ts';

/** How a difference is looked at again before it counts. */
export interface RecheckPolicy {
  /**
   * The pause before the second look: what a change may take to arrive in SQL. It doubles with each
   * further look. @defaultValue 5,000
   */
  readonly pauseMs: number;
  /** Looks at a key that keeps changing, before it is given up as in flight. @defaultValue 5 */
  readonly looks: number;
  /** Keys that wait for their second look at most; the scan waits beyond. @defaultValue 10,000 */
  readonly capacity: number;
}

export const DEFAULT_RECHECK: RecheckPolicy = { pauseMs: 5_000, looks: 5, capacity: 10_000 };

/** Puts right what a check found. */
export interface Mend {
  /** Called when a difference is confirmed, and again when it shows in another form. */
  repair(finding: Finding): Promise<void>;
  /** Told how a repaired key ended: in step, or not within `timeoutMs` of its last repair. */
  ended(finding: Finding, inStep: boolean): void;
  readonly timeoutMs: number;
  /** The first pause before a repaired key is looked at; it doubles. */
  readonly pauseMs: number;
}

export interface RecheckOptions {
  readonly entity: Entity;
  readonly source: DocumentSource;
  readonly store: MirrorStore;
  readonly recheck?: Partial<RecheckPolicy>;
  readonly tally: Tally;
  readonly onDifference?: (finding: Finding) => Promise<void> | void;
  readonly mend: Mend | undefined;
  readonly signal: AbortSignal;
  /** Told when it can go on no more; `finished` rejects with the reason. */
  readonly onFailure: () => void;
}

/** The second looks of one entity. */
export interface Recheck {
  readonly waiting: number;
  /** Resolves when there is room for it. */
  suspect(suspect: Suspect): Promise<void>;
  /** Resolves when every suspect is judged; rejects with the first failure. */
  finished(): Promise<void>;
}

/** A key between its first look and its last. */
interface Case extends Suspect {
  readonly looks: number;
  /** The last repair, once there was one. */
  readonly repaired?: { readonly finding: Finding; readonly at: number; readonly looks: number };
}

const BATCH_SIZE = 300;
const PARALLEL = 2;
const MAX_PAUSE_MS = 60_000;

export function openRecheck(options: RecheckOptions): Recheck {
  const { entity, source, store, tally, mend, signal } = options;
  const policy = { ...DEFAULT_RECHECK, ...options.recheck };
  const pauseAfter = (pauseMs: number, looks: number) =>
    Math.min(pauseMs * 2 ** looks, Math.max(pauseMs, MAX_PAUSE_MS));

  /** A repaired key is looked at sooner, because somebody waits for it. */
  const later = (each: Case): Again<Case> => {
    const { repaired } = each;
    if (!repaired || !mend) return { item: each, pauseMs: pauseAfter(policy.pauseMs, each.looks) };
    const item = { ...each, repaired: { ...repaired, looks: repaired.looks + 1 } };
    return { item, pauseMs: pauseAfter(mend.pauseMs, item.repaired.looks) };
  };

  const busy = (each: Case, debt: Case['debt']): Again<Case> | undefined => {
    const looks = each.looks + 1;
    if (looks < policy.looks) return later({ ...each, debt, looks });
    // It has come past what was repaired, and would be found wrong again if it stood still.
    if (each.repaired) mend?.ended(each.repaired.finding, true);
    else tally.inFlight += 1;
    return undefined;
  };

  const repair = async (each: Case, finding: Finding, by: Mend): Promise<Again<Case>> => {
    await by.repair(finding);
    const repaired = { finding, at: performance.now(), looks: 0 };
    return { item: { ...each, debt: debtAfter(finding), repaired }, pauseMs: by.pauseMs };
  };

  const wrong = async (each: Case, finding: Finding): Promise<Again<Case> | undefined> => {
    const { repaired } = each;
    const canMend = finding.difference.unrepairable === null;
    if (!repaired) {
      tally.found(finding.difference);
      await options.onDifference?.(finding);
      return mend && canMend ? repair(each, finding, mend) : undefined;
    }
    if (!mend) return undefined;
    if (performance.now() - repaired.at > mend.timeoutMs) {
      mend.ended(repaired.finding, false);
      return undefined;
    }
    return canMend && !isSame(finding, repaired.finding)
      ? repair(each, finding, mend)
      : later(each);
  };

  const judged = async (each: Case, look: SecondLook | undefined) => {
    switch (look?.kind) {
      case 'busy':
        return busy(each, look.debt);
      case 'wrong':
        return wrong(each, look.finding);
      default:
        if (each.repaired) mend?.ended(each.repaired.finding, true);
        return undefined;
    }
  };

  const room = openWaitingRoom<Case>({
    capacity: policy.capacity,
    batchSize: BATCH_SIZE,
    parallel: PARALLEL,
    signal,
    onFailure: options.onFailure,
    async look(cases) {
      const looks = await lookAgain(entity, source, store, cases);
      const again = await Promise.all(cases.map((each, at) => judged(each, looks[at])));
      return again.filter((each) => each !== undefined);
    },
  });

  return {
    get waiting() {
      return room.size;
    },
    suspect: ({ key, debt }) => room.add({ key, debt, looks: 0 }, policy.pauseMs),
    async finished() {
      await room.emptied();
      tally.inFlight += room.size;
    },
  };
}

/** True when nothing has changed at the key since, so that what was published is on its way. */
function isSame({ difference: a }: Finding, { difference: b }: Finding): boolean {
  const version = ({ documentVersion, rowVersion }: Finding['difference']) =>
    `${documentVersion?.toString() ?? ''}/${rowVersion?.toString() ?? ''}`;
  return version(a) === version(b);
}

/** What the mirror owes once a repair is published. */
function debtAfter({ difference: { documentVersion, rowVersion } }: Finding): Case['debt'] {
  if (documentVersion) return { kind: 'version', atLeast: documentVersion };
  return rowVersion ? { kind: 'deletion', of: rowVersion } : undefined;
}
