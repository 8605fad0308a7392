/** Every path of the service on one screen. */
import { Router } from "express";

import { itemsController } from "../controllers/items.js";
import { operationsController } from "../controllers/operations.js";
import { sessionsController } from "../controllers/sessions.js";
import { usersController } from "../controllers/users.js";
import { jsonBody } from "../middleware/body.js";
import { rateLimit } from "../middleware/rateLimit.js";
import { openApiDocument } from "../utils/openapi.js";
import { Problem } from "../utils/problems.js";

/** @typedef {import("../app.js").Parts} Parts */
/** @typedef {import("express").RequestHandler} Handler */
/** @typedef {{[method in "get" | "post" | "patch" | "delete"]?: Handler[]}} Handlers */

/**
 * @param {Parts} parts
 */
export function routes(parts) {
  const { settings, cache, metrics } = parts;
  const limits = { cache, metrics, prefix: settings.CACHE_PREFIX };
  const all = rateLimit(limits, { name: "all", perMinute: settings.RATE_LIMIT_PER_MINUTE });
  // Each of these digests a password or looks up a secret: few are needed, and many are an attack.
  const few = rateLimit(limits, { name: "sessions", perMinute: settings.SESSION_RATE_LIMIT_PER_MINUTE });

  const users = usersController(parts);
  const sessions = sessionsController(parts);
  const items = itemsController(parts);
  const operations = operationsController({ ...parts, document: openApiDocument });

  const router = Router();
  /**
   * @param {string} path
   * @param {Handlers} handlers
   */
  function at(path, handlers) {
    const route = router.route(path);
    if (handlers.get) route.get(...handlers.get);
    if (handlers.post) route.post(...handlers.post);
    if (handlers.patch) route.patch(...handlers.patch);
    if (handlers.delete) route.delete(...handlers.delete);
    const allowed = Object.keys(handlers)
      .map((method) => method.toUpperCase())
      .join(", ");
    route.all(() => {
      throw new Problem(405, `this page answers ${allowed}`, { headers: { Allow: allowed } });
    });
  }

  at("/healthz", { get: [operations.alive] });
  at("/readyz", { get: [operations.ready] });
  at("/metrics", { get: [operations.metrics] });
  at("/.well-known/jwks.json", { get: [operations.keySet] });
  at("/.well-known/openid-configuration", { get: [operations.discovery] });
  at("/openapi.json", { get: [operations.document] });
  at("/v1/openapi.json", { get: [operations.document] });

  at("/v1/users", { post: [few, jsonBody, users.create] });
  at("/v1/users/me", { get: [all, users.me] });
  at("/v1/sessions", { post: [few, jsonBody, sessions.create], delete: [all, sessions.end] });
  at("/v1/sessions/refresh", { post: [few, jsonBody, sessions.refresh] });
  at("/v1/items", { get: [all, items.list], post: [all, jsonBody, items.create] });
  at("/v1/items/:id", { get: [all, items.find], patch: [all, jsonBody, items.update], delete: [all, items.remove] });
  return router;
}
