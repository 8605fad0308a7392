/** Publishes how much work waits for each worker: the service is scaled by it. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";

const PERIOD_MILLISECONDS = 30_000;
/** A worker that was silent for so long is gone. */
const GONE_MILLISECONDS = 90_000;

export interface Load {
  /** Jobs that wait, those waiting for their next attempt included, divided by the live workers. */
  readonly backlogPerTask: number;
  readonly deadLetters: number;
}

/** Says that this worker lives, and counts the jobs and the workers. */
export async function measure(queue: Queue, redis: Redis, prefix: string, worker: string, now: number): Promise<Load> {
  const key = `${prefix}:workers`;
  await redis.zadd(key, now, worker);
  await redis.zremrangebyscore(key, "-inf", now - GONE_MILLISECONDS);
  const workers = await redis.zcard(key);
  const { waiting = 0, delayed = 0, failed = 0 } = await queue.getJobCounts("waiting", "delayed", "failed");
  return { backlogPerTask: (waiting + delayed) / Math.max(1, workers), deadLetters: failed };
}

/** Publishes every 30 s until the returned function is called; a failure is one line in the log. */
export function publishEvery(
  target: { readonly namespace: string; readonly service: string },
  load: () => Promise<Load>,
  log: Logger,
): () => void {
  const client = new CloudWatchClient({ maxAttempts: 2 });
  const publish = async (): Promise<void> => {
    try {
      const { backlogPerTask, deadLetters } = await load();
      const Dimensions = [{ Name: "Service", Value: target.service }];
      const datum = (MetricName: string, Value: number) => ({ MetricName, Dimensions, Value, Unit: "Count" as const });
      const MetricData = [datum("BacklogPerTask", backlogPerTask), datum("DeadLetters", deadLetters)];
      const command = new PutMetricDataCommand({ Namespace: target.namespace, MetricData });
      await client.send(command, { abortSignal: AbortSignal.timeout(PERIOD_MILLISECONDS / 3) });
    } catch (error) {
      log.warn({ reason: (error as Error).message }, "the backlog could not be published");
    }
  };
  void publish();
  const timer = setInterval(() => void publish(), PERIOD_MILLISECONDS);
  return () => clearInterval(timer);
}
