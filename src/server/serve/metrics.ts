import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { QueueState } from './queue';

/** What the server counts, for Prometheus. */
export interface Metrics {
  readonly registry: Registry;
  answered(route: string, status: number, seconds: number): void;
  batch(texts: number): void;
}

/** Makes the counters. `state` is asked when they are read. */
export function createMetrics(state: () => QueueState): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'rowlight_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'rowlight_request_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const batches = new Histogram({
    name: 'rowlight_batch_texts',
    help: 'Texts that were computed together',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: (now: QueueState) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(state()));
      },
    });
  gauge('rowlight_waiting_texts', 'Texts that wait', ({ waiting }) => waiting);
  gauge('rowlight_batches_in_flight', 'Batches at the model host', ({ inFlight }) => inFlight);
  return {
    registry,
    answered(route, status, took) {
      requests.inc({ route, status });
      seconds.observe({ route }, took);
    },
    batch: (texts) => batches.observe(texts),
  };
}
