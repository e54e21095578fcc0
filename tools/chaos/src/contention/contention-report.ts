/** What two writers on the same keys did; the one line of `--json`. */
export interface ContentionReport {
  readonly seed: number;
  readonly minutes: number;
  readonly dialect: string;
  /** After each of them everything was accounted for. */
  readonly rounds: number;
  readonly documents: number;
  /** Calls of `apply` by both. */
  readonly calls: number;
  /** Changes in these calls; half of them are different ones. */
  readonly changes: number;
  readonly repairs: number;
  readonly outcomes: {
    readonly applied: number;
    readonly stale: number;
    readonly duplicate: number;
  };
  /** Attempts inside the calls that collided and were made again, by error number of the server. */
  readonly collisions: Readonly<Record<string, number>>;
  /** Of both together, while they were delivering. */
  readonly changesPerSecond: number;
  readonly slowestCallMs: number;
  readonly seconds: number;
  /** Errors that came out of a call, answers that cannot be, rows that should not be. */
  readonly faults: readonly string[];
}

export function hasPassedContention({ faults }: ContentionReport): boolean {
  return faults.length === 0;
}

/** What a person reads at the end. */
export function describeContention(report: ContentionReport): string {
  const { outcomes, collisions } = report;
  const repeated = Object.entries(collisions).map(([number, times]) => `${times} x ${number}`);
  const rows: [string, string][] = [
    ['seed', `${report.seed}, ${report.seconds} s on ${report.dialect}`],
    ['rounds', `${report.rounds} on ${report.documents} documents`],
    ['calls', `${report.calls} with ${report.changes} changes, ${report.repairs} of them repairs`],
    ['rate', `${report.changesPerSecond} changes/s, slowest call ${report.slowestCallMs} ms`],
    [
      'outcomes',
      `${outcomes.applied} applied, ${outcomes.stale} stale, ${outcomes.duplicate} duplicate`,
    ],
    ['made again', repeated.join(', ') || 'none'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    ...(hasPassedContention(report)
      ? ['Every change is accounted for, every row is what its history leaves.']
      : ['FAILED.', ...report.faults.map((fault) => `  ${fault}`)]),
    '',
  ].join('\n');
}
