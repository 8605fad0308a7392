/** Where the process starts, and where it is told to stop. */
import { startService } from "./service.js";
import { createLogger } from "./utils/logger.js";
import { readSettings } from "./utils/settings.js";

const logger = createLogger({ level: process.env["LOG_LEVEL"] || "info" });

try {
  const service = await startService(readSettings(process.env), logger);
  logger.info({ address: service.address, release: process.env["RELEASE"] }, "serving");
  let stopping = false;
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, "stopping");
      await service.stop();
      logger.info("stopped");
      process.exit(0);
    });
  }
} catch (error) {
  logger.error({ error: String(error) }, "the service cannot start");
  process.exitCode = 1;
  // What was opened before the failure must not keep a process alive that serves nothing.
  setTimeout(() => process.exit(1), 100).unref();
}
