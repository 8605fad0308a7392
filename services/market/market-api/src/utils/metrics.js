/** What Prometheus and the collector scrape; names are shared with the tasks API, so that one dashboard serves both. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    duration: new Histogram({
      name: "http_request_duration_seconds",
      help: "From the first byte read to the last byte written",
      labelNames: ["method", "route", "status"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    rateLimit: new Counter({
      name: "rate_limit_decisions_total",
      help: "Requests let through, refused, or let through because the cache was away",
      labelNames: ["decision"],
      registers,
    }),
    published: new Counter({
      name: "events_published_total",
      help: "Events handed to the queue",
      labelNames: ["result"],
      registers,
    }),
    pending: new Gauge({ name: "outbox_pending", help: "Events written and not yet handed to the queue", registers }),
    cache: new Counter({
      name: "cache_reads_total",
      help: "Reads that the cache answered",
      labelNames: ["result"],
      registers,
    }),
  };
}

/** @typedef {ReturnType<typeof createMetrics>} Metrics */
