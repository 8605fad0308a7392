/** The beginning and the end of a process. */
import type { Logger } from "pino";

/** ECS gives 30 s between SIGTERM and SIGKILL. */
const DRAIN_MILLISECONDS = 25_000;

/** Runs the start; what it throws is one JSON line, and exit code 1. No half-started process stays. */
export async function startOrEnd(service: string, start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const { name, message } = error as Error;
    const line = {
      level: "fatal",
      time: new Date().toISOString(),
      service,
      msg: `cannot start: ${message}`,
      error: name,
    };
    process.stderr.write(`${JSON.stringify(line)}\n`, () => process.exit(1));
  }
}

/** On SIGTERM or SIGINT the steps run one after the other; after 25 s the process ends whatever is left. */
export function endInOrder(log: Logger, steps: readonly (() => Promise<unknown>)[]): void {
  let ending = false;
  const end = async (signal: string): Promise<void> => {
    if (ending) return;
    ending = true;
    log.info({ signal }, "ending");
    setTimeout(() => {
      log.error("not ended in time");
      process.exit(1);
    }, DRAIN_MILLISECONDS).unref();
    for (const step of steps) {
      await step().catch((error: Error) => log.warn({ reason: error.message }, "trouble at the end"));
    }
    log.info("ended");
    process.exit(0);
  };
  process.on("SIGTERM", (signal) => void end(signal));
  process.on("SIGINT", (signal) => void end(signal));
}
