/** `node dist/dead-letters.js list|replay [order]`: orders whose attempts are used up, one JSON line each. */
import { Queue } from "bullmq";
import { credentialsOf } from "./platform/credentials.ts";
import { openLog } from "./platform/logs.ts";
import { openQueueConnection, ORDERS } from "./platform/queues.ts";
import { startOrEnd } from "./platform/start.ts";
import { text } from "./platform/environment.ts";

const USAGE = "usage: dead-letters.js list | replay [order]";

await startOrEnd("dead-letters", async () => {
  const [command, only] = process.argv.slice(2);
  if (command !== "list" && command !== "replay") throw new Error(USAGE);
  const log = openLog(process.env, "dead-letters");
  const connection = await openQueueConnection(credentialsOf(process.env, "QUEUE"), log, false);
  const prefix = text(process.env, "QUEUE_PREFIX") ?? "anythingyouwantt";
  const queue = new Queue(ORDERS, { connection, prefix, skipVersionCheck: true });
  try {
    const letters = await queue.getFailed();
    const chosen = letters.filter((job) => only === undefined || job.id === only);
    if (only !== undefined && chosen.length === 0) throw new Error(`there is no dead letter ${only}`);
    for (const job of chosen) {
      const { id: order, attemptsMade: attempts, failedReason: reason, finishedOn = 0 } = job;
      // All its attempts again, not just one.
      if (command === "replay") await job.retry("failed", { resetAttemptsMade: true });
      process.stdout.write(
        `${JSON.stringify({ order, attempts, reason, at: new Date(finishedOn), replayed: command === "replay" })}\n`,
      );
    }
  } finally {
    await queue.close();
    connection.disconnect();
  }
});
