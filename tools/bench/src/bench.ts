/** What was asked for on the command line. */
interface BenchRequest {
  /** How many events make the backlog. */
  readonly events: number;
  /** How often everything is measured; the figures are medians. */
  readonly rounds: number;
  /** Tells whoever waits what is being measured. */
  readonly progress: (line: string) => void;
}

/** What a bench found: figures for a program, and the same as lines for a person. */
export interface BenchReport {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** One bench: `pnpm bench NAME`. */
export interface Bench {
  readonly summary: string;
  /** Rejects when something could not be measured, or when what was measured came out wrong. */
  run(request: BenchRequest): Promise<BenchReport>;
}
