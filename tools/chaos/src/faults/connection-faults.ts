import { linkNames, type LinkName } from '../network/links.ts';
import { duration, seconds, type Fault } from './fault.ts';

const directions = ['both', 'toServer', 'toClient'] as const;

/** Connections are cut with a TCP reset, once or several times. */
export const connectionReset: Fault = {
  name: 'connection-reset',
  plan: (random) => {
    const link = random.pick<LinkName>(linkNames);
    return {
      on: link,
      detail: link,
      durationMs: 0,
      begin: (world) => void world.links[link].reset(),
    };
  },
};

/** Bytes are no longer forwarded, the connections stay open; afterwards they go on. */
export const connectionStall: Fault = {
  name: 'connection-stall',
  plan: (random, maxMs) => {
    const link = random.pick<LinkName>(linkNames);
    const direction = random.pick(directions);
    const durationMs = duration(random, 1_000, 25_000, maxMs);
    return {
      on: link,
      detail: `${link}, ${direction}, for ${seconds(durationMs)}`,
      durationMs,
      begin: (world) => world.links[link].stall(direction),
      end: (world) => world.links[link].heal(),
    };
  },
};

/** The connections there are never carry a byte again, and nobody is told: half-open for good. */
export const connectionSilence: Fault = {
  name: 'connection-silence',
  plan: (random) => {
    const link = random.pick<LinkName>(linkNames);
    const direction = random.pick(directions);
    return {
      on: link,
      detail: `${link}, ${direction}, for good`,
      durationMs: 0,
      begin: (world) => void world.links[link].silence(direction),
    };
  },
};

/** Every piece of data takes its time. */
export const connectionSlow: Fault = {
  name: 'connection-slow',
  plan: (random, maxMs) => {
    const link = random.pick<LinkName>(linkNames);
    const latencyMs = 5 + random.below(200);
    const bytesPerSecond = 20_000 * 2 ** random.below(6);
    const durationMs = duration(random, 3_000, 20_000, maxMs);
    return {
      on: link,
      detail: `${link}, ${latencyMs} ms, ${bytesPerSecond / 1_000} kB/s, for ${seconds(durationMs)}`,
      durationMs,
      begin: (world) => world.links[link].slow({ latencyMs, bytesPerSecond }),
      end: (world) => world.links[link].heal(),
    };
  },
};
