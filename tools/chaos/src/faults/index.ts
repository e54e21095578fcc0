import { badDelivery } from './bad-delivery.ts';
import { brokerClock } from './broker-clock.ts';
import { brokerRestart } from './broker-restart.ts';
import {
  connectionReset,
  connectionSilence,
  connectionSlow,
  connectionStall,
} from './connection-faults.ts';
import type { Fault } from './fault.ts';
import { moreWriters } from './more-writers.ts';
import { sqlRestart } from './sql-restart.ts';
import { writerClock } from './writer-clock.ts';
import { writerKill } from './writer-kill.ts';
import { writerRestart } from './writer-restart.ts';

/** Every kind of fault. To add one: write it in a file beside these and list it here. */
export const faults: readonly Fault[] = [
  writerKill,
  writerRestart,
  moreWriters,
  writerClock,
  brokerRestart,
  brokerClock,
  sqlRestart,
  connectionReset,
  connectionStall,
  connectionSilence,
  connectionSlow,
  badDelivery,
];
