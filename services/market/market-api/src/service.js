/** The service put together from its settings: stores, keys, relay, server; and taken apart in the reverse order. */
import { once } from "node:events";
import { createServer } from "node:http";

import { SQSClient } from "@aws-sdk/client-sqs";

import { createApp } from "./app.js";
import { authenticator } from "./middleware/authenticate.js";
import { CachedItems } from "./models/cachedItems.js";
import { Items } from "./models/items.js";
import { Sessions } from "./models/sessions.js";
import { Users } from "./models/users.js";
import { cacheCredentials, connectCache } from "./utils/cache.js";
import { Database, databaseCredentials } from "./utils/database.js";
import { startErrorTracking } from "./utils/errorTracking.js";
import { KeyRing, signingKeySource } from "./utils/keys.js";
import { createMetrics } from "./utils/metrics.js";
import { Relay } from "./utils/relay.js";
import { startTelemetry } from "./utils/telemetry.js";
import { Tokens } from "./utils/tokens.js";

/** Longer than the load balancer keeps an idle connection (60 s), so that it is never the server that closes first. */
const KEEP_ALIVE_MILLISECONDS = 75_000;
/** How long requests under way may take to end; the platform waits 30 s before it kills. */
const DRAIN_MILLISECONDS = 20_000;

/**
 * @param {import("./utils/settings.js").Settings} settings
 * @param {import("./utils/logger.js").Logger} logger
 * @returns {Promise<{address: string, stop: () => Promise<void>}>}
 */
export async function startService(settings, logger) {
  const stopTelemetry = startTelemetry({ endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT, release: settings.RELEASE });
  const tracking = startErrorTracking({
    dsn: settings.SENTRY_DSN,
    release: settings.RELEASE,
    environment: settings.NODE_ENV,
  });
  const metrics = createMetrics();
  const keys = new KeyRing(signingKeySource(settings));
  await keys.load();
  const tokens = new Tokens(keys, { issuer: settings.TOKEN_ISSUER, audience: settings.TOKEN_AUDIENCE });
  const database = new Database(databaseCredentials(settings), logger);
  const cache = await connectCache(cacheCredentials(settings), logger);
  const items = new Items(database);
  const cachedItems = new CachedItems(items, cache, metrics, settings.CACHE_PREFIX);
  const queue = new SQSClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000 } });
  const relay = new Relay({
    database,
    queue,
    queueUrl: settings.EVENTS_QUEUE_URL,
    beforeSending: () => cachedItems.invalidate(),
    metrics,
    logger,
  });
  const state = { stopping: false };
  const app = createApp({
    settings,
    logger,
    metrics,
    tracking,
    database,
    cache,
    tokens,
    authenticate: authenticator(tokens),
    users: new Users(database),
    sessions: new Sessions(database),
    items,
    cachedItems,
    relay,
    state,
  });

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MILLISECONDS, requestTimeout: 30_000 }, app);
  server.listen(settings.PORT, "0.0.0.0");
  await once(server, "listening");
  relay.start();
  const bound = /** @type {import("node:net").AddressInfo} */ (server.address());

  return {
    address: `http://127.0.0.1:${bound.port}`,
    async stop() {
      state.stopping = true;
      await drainServer(server);
      await relay.stop();
      queue.destroy();
      if (cache.isOpen) cache.destroy();
      await database.close();
      await Promise.allSettled([stopTelemetry(), tracking.close()]);
    },
  };
}

/**
 * No new connection, idle ones closed, requests under way answered; what takes too long is cut.
 *
 * @param {import("node:http").Server} server
 */
async function drainServer(server) {
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MILLISECONDS);
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
}
