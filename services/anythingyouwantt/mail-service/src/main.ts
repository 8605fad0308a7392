/** Starts the worker, and ends it in order on SIGTERM: what cannot be started ends the process with one line. */
import { randomUUID } from "node:crypto";
import { Queue } from "bullmq";
import { confirm, openStore } from "./deliveries.ts";
import { serveHealth } from "./health.ts";
import { measure, publishEvery } from "./metrics.ts";
import { credentialsOf } from "./platform/credentials.ts";
import { Database } from "./platform/database.ts";
import { openLog } from "./platform/logs.ts";
import { createMetrics } from "./platform/metrics.ts";
import { ANSWERS, openQueueConnection, ORDERS } from "./platform/queues.ts";
import { endInOrder, startOrEnd } from "./platform/start.ts";
import { startTelemetry } from "./platform/telemetry.ts";
import { Receipts } from "./receipts.ts";
import { openSender } from "./senders.ts";
import { readSettings } from "./settings.ts";
import { answering, orderWorker } from "./worker.ts";

await startOrEnd("mail-service", async () => {
  const settings = readSettings(process.env);
  const log = openLog(process.env, "mail-service");
  const stopTelemetry = startTelemetry(process.env, "mail-service");
  const metrics = createMetrics();
  const database = new Database(credentialsOf(process.env, "DATABASE"), log);
  const queueSource = credentialsOf(process.env, "QUEUE");
  const [sending, taking] = await Promise.all([
    openQueueConnection(queueSource, log, false),
    openQueueConnection(queueSource, log, true),
  ]);
  await database.check();
  await sending.ping();
  const { queuePrefix: prefix, metrics: published, leaseSeconds } = settings;
  const store = openStore(database);
  const worker = randomUUID();
  const queues = [ORDERS, ANSWERS].map(
    (name) => new Queue(name, { connection: sending, prefix, skipVersionCheck: true }),
  );
  const [orders, answers] = queues as [Queue, Queue];
  for (const queue of queues) queue.on("error", (error) => log.debug({ reason: error.message }, "a queue has trouble"));
  const { receiptsUrl } = settings;
  const receipts =
    receiptsUrl === undefined
      ? undefined
      : new Receipts(receiptsUrl, ({ orderId, messageId }) => confirm(store, orderId, messageId), log);
  const tools = {
    store,
    send: openSender(settings),
    caughtUp: async () => receipts?.caughtUp(),
    answer: answering(answers),
    log,
    worker,
    leaseSeconds,
  };
  const health = await serveHealth(settings.port, metrics, [() => database.check(), () => sending.ping()]);
  const taker = orderWorker(taking, prefix, settings.concurrency, tools, metrics);
  const stopMetrics =
    published && publishEvery(published, () => measure(orders, sending, prefix, worker, Date.now()), log);
  receipts?.listen();
  log.info("taking orders");
  endInOrder(log, [
    () => taker.close(),
    async () => receipts?.close(),
    async () => stopMetrics?.(),
    () => sending.zrem(`${prefix}:workers`, worker),
    () => Promise.all(queues.map((queue) => queue.close())),
    async () => {
      health.close();
      sending.disconnect();
      taking.disconnect();
      await store.destroy();
    },
    stopTelemetry,
  ]);
});
