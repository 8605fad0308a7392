/** One JSON line an event, with the ids of the request under way, and secrets taken out by name. */
import { pino } from "pino";

import { requestContext } from "./context.js";

const SECRET = [
  "password",
  "passwordDigest",
  "accessToken",
  "refreshToken",
  "privateKey",
  "authorization",
  "cookie",
  "ca",
];

/**
 * @param {{level?: string, destination?: import("pino").DestinationStream}} [options]
 */
export function createLogger({ level = "info", destination } = {}) {
  return pino(
    {
      level,
      messageKey: "message",
      base: { logger: "market-api" },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...requestContext.getStore() }),
      redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[taken out]" },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

/** @typedef {ReturnType<typeof createLogger>} Logger */
