/** Takes the mail service's answers back and sets what became of the orders. */
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Static } from "typebox";
import { UnrecoverableError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { SpanKind } from "@opentelemetry/api";
import { measured } from "./platform/metrics.ts";
import type { Metrics } from "./platform/metrics.ts";
import { ANSWERS } from "./platform/queues.ts";
import { inSpan, parentOf } from "./platform/telemetry.ts";
import { Id } from "./schemas.ts";
import type { Store } from "./tables.ts";

export const Answer = Type.Object({
  orderId: Id,
  status: Type.Enum(["fulfilled", "failed"]),
  reason: Type.Union([Type.String({ maxLength: 500 }), Type.Null()]),
  requestId: Type.String(),
  traceId: Type.String(),
  traceparent: Type.Optional(Type.String()),
});
export type Answer = Static<typeof Answer>;

/** Sets a pending order's state; returns false when it was set already or is gone. Its job is not sent again. */
export async function settle(store: Store, { orderId, status, reason }: Answer): Promise<boolean> {
  return store.transaction().execute(async (transaction) => {
    const changed = await transaction
      .updateTable("orders")
      .set({ status, reason: status === "failed" ? (reason ?? "unknown") : null, updated_at: new Date() })
      .where("id", "=", orderId)
      .where("status", "=", "pending")
      .returning("id")
      .executeTakeFirst();
    await transaction.deleteFrom("outbox").where("order_id", "=", orderId).execute();
    return changed !== undefined;
  });
}

/** A worker on the queue of answers. An answer that cannot be used is dropped with a line in the log. */
export function answerWorker(store: Store, connection: Redis, prefix: string, log: Logger, metrics: Metrics): Worker {
  const take = async (data: unknown): Promise<Answer["status"]> => {
    if (!Value.Check(Answer, data)) throw new UnrecoverableError("the answer does not have an answer's shape");
    const { orderId, status, requestId, traceId, traceparent } = data;
    const attributes = { "order.id": orderId, "request.id": requestId };
    const options = { kind: SpanKind.CONSUMER, attributes, parent: parentOf(traceparent) };
    const changed = await inSpan(`${ANSWERS} process`, options, () => settle(store, data));
    log.info({ orderId, status, requestId, traceId, changed }, "order answered");
    return status;
  };
  const worker = new Worker(
    ANSWERS,
    async ({ data }) => {
      await measured(
        metrics,
        ANSWERS,
        () => take(data),
        (status) => status,
      );
    },
    {
      connection,
      prefix,
      concurrency: 10,
      lockDuration: 15_000,
      stalledInterval: 10_000,
      maxStalledCount: 20,
      skipVersionCheck: true,
    },
  );
  worker.on("error", (error) => log.debug({ reason: error.message }, "the worker of answers has trouble"));
  worker.on("failed", (job, error) => log.warn({ orderId: job?.id, reason: error.message }, "an answer was not taken"));
  return worker;
}
