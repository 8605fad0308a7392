/** Starts the service, and ends it in order on SIGTERM: what cannot be started ends the process with one line. */
import { Queue } from "bullmq";
import { createApp } from "./app.ts";
import { answerWorker } from "./answers.ts";
import { credentialsOf } from "./platform/credentials.ts";
import { Database } from "./platform/database.ts";
import { openLog } from "./platform/logs.ts";
import { createMetrics } from "./platform/metrics.ts";
import { openQueueConnection, ORDERS } from "./platform/queues.ts";
import { endInOrder, startOrEnd } from "./platform/start.ts";
import { startTelemetry } from "./platform/telemetry.ts";
import { Relay, relayOnce } from "./relay.ts";
import { readSettings } from "./settings.ts";
import { openStore } from "./tables.ts";

await startOrEnd("rest-api", async () => {
  const settings = readSettings(process.env);
  const log = openLog(process.env, "rest-api");
  const stopTelemetry = startTelemetry(process.env, "rest-api");
  const metrics = createMetrics();
  const database = new Database(credentialsOf(process.env, "DATABASE"), log);
  const queueSource = credentialsOf(process.env, "QUEUE");
  const store = openStore(database);
  const [sending, taking] = await Promise.all([
    openQueueConnection(queueSource, log, false),
    openQueueConnection(queueSource, log, true),
  ]);
  await database.check();
  await sending.ping();
  const prefix = settings.queuePrefix;
  const queue = new Queue(ORDERS, { connection: sending, prefix, skipVersionCheck: true });
  queue.on("error", (error) => log.debug({ reason: error.message }, "the queue has trouble"));
  const relay = new Relay(log, () => relayOnce(store, queue, settings.resendSeconds));
  const answers = answerWorker(store, taking, prefix, log, metrics);
  const app = await createApp({
    store,
    log,
    metrics,
    placed: () => relay.wake(),
    checks: { database: () => database.check(), queue: () => sending.ping() },
  });
  await app.listen({ host: "0.0.0.0", port: settings.port });
  endInOrder(log, [
    () => app.close(),
    () => Promise.all([relay.stop(), answers.close()]),
    () => queue.close(),
    () => {
      sending.disconnect();
      taking.disconnect();
      return store.destroy();
    },
    stopTelemetry,
  ]);
});
