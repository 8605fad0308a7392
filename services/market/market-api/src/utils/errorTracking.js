/**
 * Unexpected errors to a Sentry-compatible address, when one is configured: type, message, stack and request id, never
 * bodies.
 */
import { createStackParser, createTransport, Scope } from "@sentry/core";
import { nodeStackLineParser, ServerRuntimeClient } from "@sentry/core/server";

import { currentRequestId } from "./context.js";

/**
 * @typedef {object} ErrorTracking
 * @property {(error: unknown) => void} capture
 * @property {() => Promise<void>} close sends what is left
 */

/**
 * @param {{dsn: string | undefined, release: string, environment: string}} options
 * @returns {ErrorTracking}
 */
export function startErrorTracking({ dsn, release, environment }) {
  if (dsn === undefined) return { capture: () => {}, close: async () => {} };
  const client = new ServerRuntimeClient({
    dsn,
    release,
    environment,
    platform: "node",
    runtime: { name: "node", version: process.version },
    integrations: [],
    stackParser: createStackParser(nodeStackLineParser()),
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const answer = await fetch(options.url, {
          method: "POST",
          body: /** @type {string | Uint8Array<ArrayBuffer>} */ (body),
          headers: options.headers ?? {},
          signal: AbortSignal.timeout(5_000),
        });
        return {
          statusCode: answer.status,
          headers: {
            "retry-after": answer.headers.get("retry-after"),
            "x-sentry-rate-limits": answer.headers.get("x-sentry-rate-limits"),
          },
        };
      }),
  });
  client.init();
  return {
    capture: (error) => {
      const scope = new Scope();
      scope.setTag("requestId", currentRequestId());
      client.captureException(error, {}, scope);
    },
    close: async () => {
      await client.close(3_000);
    },
  };
}
