import { aynaMeter } from '@ayna/platform';

const MICROS_PER_SECOND = 1_000_000;

/** Measures what the process itself takes, by the names that Prometheus's clients use. */
export function measureProcess(): void {
  const meter = aynaMeter();
  meter
    .createObservableCounter('process_cpu_seconds_total', {
      description: 'Processor time that the process has used; its rate is the number of busy cores',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / MICROS_PER_SECOND);
    });
  meter
    .createObservableGauge('process_resident_memory_bytes', {
      description: 'Physical memory of the process',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
}
