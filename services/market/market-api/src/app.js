/**
 * The Express application, from its parts: what is handed in decides whether it talks to real stores or to a test's.
 */
import cors from "cors";
import express from "express";
import helmet from "helmet";

import { answerErrors, noSuchPage } from "./middleware/errors.js";
import { addressedBy } from "./middleware/clientAddress.js";
import { observe } from "./middleware/requestContext.js";
import { routes } from "./routes/index.js";

/**
 * @typedef {object} Parts
 * @property {import("./utils/settings.js").Settings} settings
 * @property {import("./utils/logger.js").Logger} logger
 * @property {import("./utils/metrics.js").Metrics} metrics
 * @property {import("./utils/errorTracking.js").ErrorTracking} tracking
 * @property {import("./utils/database.js").Database} database
 * @property {import("./utils/cache.js").CacheClient} cache
 * @property {import("./utils/tokens.js").Tokens} tokens
 * @property {ReturnType<typeof import("./middleware/authenticate.js").authenticator>} authenticate
 * @property {import("./models/users.js").Users} users
 * @property {import("./models/sessions.js").Sessions} sessions
 * @property {import("./models/items.js").Items} items
 * @property {import("./models/cachedItems.js").CachedItems} cachedItems
 * @property {Pick<import("./utils/relay.js").Relay, "wake">} relay
 * @property {{stopping: boolean}} state
 */

/**
 * @param {Parts} parts
 */
export function createApp(parts) {
  const { settings, logger, metrics, tracking } = parts;
  const app = express();
  // How many proxies in front are ours: their word on the caller's address is taken, anybody else's is not.
  app.set("trust proxy", settings.TRUSTED_PROXIES);
  app.set("query parser", "simple");
  if (settings.CLIENT_ADDRESS_HEADER) app.use(addressedBy(settings.CLIENT_ADDRESS_HEADER));
  app.use(observe(logger, metrics));
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false },
    }),
  );
  app.use(
    cors({
      origin: settings.CORS_ORIGINS,
      methods: ["GET", "POST", "PATCH", "DELETE"],
      allowedHeaders: ["authorization", "content-type", "x-request-id", "traceparent"],
      exposedHeaders: ["location", "retry-after", "x-request-id"],
      maxAge: 600,
    }),
  );
  app.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  app.use(routes(parts));
  app.use(noSuchPage);
  app.use(answerErrors(logger, tracking));
  return app;
}
