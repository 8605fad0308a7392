/** The worker on the queue of orders. */
import { DelayedError, UnrecoverableError, Worker } from "bullmq";
import type { Queue } from "bullmq";
import { SpanKind } from "@opentelemetry/api";
import type { Redis } from "ioredis";
import { measured } from "./platform/metrics.ts";
import type { Metrics } from "./platform/metrics.ts";
import { ORDERS } from "./platform/queues.ts";
import { inSpan, parentOf } from "./platform/telemetry.ts";
import { orderOf } from "./jobs.ts";
import type { Answer, OrderJob } from "./jobs.ts";
import type { Outcome } from "./deliveries.ts";
import { carryOut, HeldError } from "./work.ts";
import type { Tools } from "./work.ts";

/** Puts an answer where the rest-api finds it; an answer already there is enough. */
export function answering(answers: Queue): (answer: Answer) => Promise<unknown> {
  const options = {
    attempts: 10,
    backoff: { type: "exponential", delay: 500 },
    removeOnComplete: true,
    removeOnFail: true,
  };
  return (answer) => answers.add("answer", answer, { ...options, jobId: answer.orderId });
}

/** Carries an order out as a part of its request's trace; what another worker holds is no error of either. */
async function traced(tools: Tools, order: OrderJob): Promise<Outcome | HeldError> {
  const attributes = { "order.id": order.orderId, "request.id": order.requestId };
  const options = { kind: SpanKind.CONSUMER, attributes, parent: parentOf(order.traceparent) };
  return inSpan(`${ORDERS} process`, options, () =>
    carryOut(tools, order).catch((error: unknown) => {
      if (error instanceof HeldError) return error;
      throw error;
    }),
  );
}

/** Takes orders until it is closed. A job whose attempts are used up stays in the queue as a dead letter. */
export function orderWorker(
  connection: Redis,
  prefix: string,
  concurrency: number,
  tools: Tools,
  metrics: Metrics,
): Worker {
  const { log } = tools;
  const worker = new Worker(
    ORDERS,
    async (job, token) => {
      const order = orderOf(job.data);
      if (!order) throw new UnrecoverableError("the job does not have an order's shape");
      const result = await measured(
        metrics,
        ORDERS,
        () => traced(tools, order),
        (found) => (found instanceof HeldError ? "held" : found.status),
      );
      if (!(result instanceof HeldError)) return result;
      await job.moveToDelayed(Date.now() + result.milliseconds + 250, token);
      throw new DelayedError();
    },
    {
      connection,
      prefix,
      concurrency,
      lockDuration: 15_000,
      stalledInterval: 10_000,
      // A job is stalled by a killed worker, which is no fault of the job's.
      maxStalledCount: 20,
      skipVersionCheck: true,
    },
  );
  worker.on("error", (error) => log.debug({ reason: error.message }, "the worker has trouble"));
  worker.on("failed", (job, error) => {
    const dead =
      job !== undefined && (job.attemptsMade >= (job.opts.attempts ?? 1) || error.name === "UnrecoverableError");
    const line = { orderId: job?.id, attempts: job?.attemptsMade, reason: error.message };
    if (dead) log.error(line, "order became a dead letter: look at it with dead-letters.js list");
    else log.warn(line, "order not carried out: it is tried again");
  });
  return worker;
}
