/** What Prometheus and the collector scrape at /metrics; the names are the market's too, so that dashboards agree. */
import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"method" | "route" | "status">;
  readonly jobs: Histogram<"queue" | "result">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: "http_request_duration_seconds",
      help: "From the first byte read to the last byte written",
      labelNames: ["method", "route", "status"],
      buckets: BUCKETS,
      registers,
    }),
    jobs: new Histogram({
      name: "job_duration_seconds",
      help: "From a job's taking to what became of it",
      labelNames: ["queue", "result"],
      buckets: BUCKETS,
      registers,
    }),
  };
}

/** Work measured as a job of the queue: its result is what `resultOf` makes of it, or "error". */
export async function measured<Result>(
  metrics: Metrics,
  queue: string,
  work: () => Promise<Result>,
  resultOf: (result: Result) => string,
): Promise<Result> {
  const end = metrics.jobs.startTimer({ queue });
  try {
    const result = await work();
    end({ result: resultOf(result) });
    return result;
  } catch (error) {
    end({ result: "error" });
    throw error;
  }
}
