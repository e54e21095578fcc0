import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PHASE_LIMITS as LIMITS, type ReadPhase } from '../src/index.ts';
import { PhaseGate, type PhaseChange } from '../src/read/phase-gate.ts';
import { manualClock } from './manual-clock.ts';

interface Bench {
  readonly gate: PhaseGate;
  readonly clock: ReturnType<typeof manualClock>;
  readonly changes: PhaseChange[];
  readonly setFlag: (phase: ReadPhase) => void;
  readonly good: (reads: number) => void;
}

function bench(flag: ReadPhase): Bench {
  const clock = manualClock();
  const changes: PhaseChange[] = [];
  let wanted = flag;
  const gate = new PhaseGate(
    LIMITS,
    clock,
    () => wanted,
    (change) => changes.push(change),
  );
  return {
    gate,
    clock,
    changes,
    setFlag: (phase) => {
      wanted = phase;
      gate.flagChanged();
    },
    good: (reads) => {
      for (let read = 0; read < reads; read += 1) gate.answered(50);
    },
  };
}

describe('the gate of the phases', () => {
  test('follows the flag while SQL is well', () => {
    const { gate, changes, good, setFlag } = bench('A');
    for (const phase of ['B', 'C', 'A'] as const) {
      setFlag(phase);
      good(20);
      gate.compared(50, 0);
      expect(gate.phase).toBe(phase);
    }
    expect(changes.map(({ reason }) => reason)).toEqual(['flag', 'flag', 'flag']);
  });

  test('falls by one phase when reads fail one after the other, down to Firestore', () => {
    const { gate, changes } = bench('C');
    gate.failed();
    expect(gate.phase).toBe('C');
    gate.failed();
    expect(gate.phase).toBe('B');
    gate.failed();
    gate.failed();
    expect(gate.phase).toBe('A');
    for (let more = 0; more < 10; more += 1) gate.failed();
    expect(changes.map(({ reason }) => reason)).toEqual(['failures', 'failures']);
  });

  test('falls when P95 passes its limit, and not for one slow read among many', () => {
    const { gate, good } = bench('B');
    good(30);
    gate.answered(5_000);
    expect(gate.phase).toBe('B');
    gate.answered(5_000);
    gate.answered(5_000);
    expect(gate.phase).toBe('A');
    expect(gate.status()).toMatchObject({ wanted: 'B', phase: 'A', fallenBecause: 'latency' });
  });

  test('falls when drift passes its limit, and does not come back while it lasts', async () => {
    const { clock, gate, good } = bench('B');
    gate.compared(200, 1);
    expect(gate.phase).toBe('B');
    gate.compared(200, 3);
    expect(gate.phase).toBe('A');
    await clock.advance(LIMITS.holdMs);
    gate.compared(200, 2);
    good(20);
    expect(gate.phase).toBe('A');
  });

  test('between the two limits changes nothing, in neither direction', async () => {
    const { clock, gate } = bench('B');
    const between = () => {
      for (let read = 0; read < 40; read += 1) gate.answered(220);
    };
    between();
    expect(gate.phase).toBe('B');
    gate.failed();
    gate.failed();
    await clock.advance(LIMITS.holdMs);
    between();
    expect(gate.phase).toBe('A');
  });

  test('comes back by one phase after the hold and enough good reads, not before', async () => {
    const { clock, gate, good } = bench('C');
    gate.failed();
    gate.failed();
    good(50);
    expect(gate.phase).toBe('B');
    await clock.advance(LIMITS.holdMs);
    good(1);
    expect(gate.phase).toBe('C');
  });

  test('holds twice as long after each fall, so that it does not swing to and fro', async () => {
    const { clock, changes, gate, good } = bench('B');
    const falls: number[] = [];
    for (let second = 0; second < 3_600; second += 1) {
      // SQL is well while it is not used, and fails as soon as it is.
      if (gate.phase === 'B') gate.failed();
      else good(1);
      await clock.advance(1_000);
      falls.push(changes.filter(({ to }) => to === 'A').length);
    }
    expect(falls.at(-1)).toBeLessThan(15);
    expect(falls.at(-1)).toBeGreaterThan(3);
  });

  test('is never above the flag, never skips a phase by itself, and tells every change once', async () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('answered' as const), ms: fc.constantFrom(50, 220, 900) }),
      fc.constant({ kind: 'failed' as const }),
      fc.record({ kind: fc.constant('compared' as const), drifted: fc.constantFrom(0, 0, 1, 5) }),
      fc.record({ kind: fc.constant('time' as const), ms: fc.nat({ max: 60_000 }) }),
      fc.record({
        kind: fc.constant('flag' as const),
        to: fc.constantFrom<ReadPhase>('A', 'B', 'C'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 120 }), async (events) => {
        const { changes, clock, gate, setFlag } = bench('C');
        let phase = gate.phase;
        for (const one of events) {
          const told = changes.length;
          if (one.kind === 'answered') gate.answered(one.ms);
          else if (one.kind === 'failed') gate.failed();
          else if (one.kind === 'compared') gate.compared(100, one.drifted);
          else if (one.kind === 'time') await clock.advance(one.ms);
          else setFlag(one.to);
          const { wanted } = gate.status();
          expect(gate.phase <= wanted).toBe(true);
          const steps = Math.abs(gate.phase.charCodeAt(0) - phase.charCodeAt(0));
          if (one.kind !== 'flag') expect(steps).toBeLessThanOrEqual(1);
          expect(changes.length - told).toBe(steps === 0 ? 0 : 1);
          if (steps > 0) expect(changes.at(-1)).toMatchObject({ from: phase, to: gate.phase });
          phase = gate.phase;
        }
        // Whatever has been, SQL that stays well brings the flag's phase back.
        for (let minute = 0; minute < 60 && gate.phase !== gate.status().wanted; minute += 1) {
          await clock.advance(60_000);
          for (let read = 0; read < 45; read += 1) gate.answered(50);
          for (let look = 0; look < 45; look += 1) gate.compared(100, 0);
        }
        expect(gate.phase).toBe(gate.status().wanted);
      }),
      { numRuns: 100 },
    );
  });
});
