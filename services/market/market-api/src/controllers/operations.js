import { SCOPE } from "../utils/tokens.js";

/** @typedef {import("../app.js").Parts} Parts */
/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */

/** How long a readiness answer may take: less than whoever asks waits. */
const PATIENCE_MILLISECONDS = 2_000;

/** @param {Promise<unknown>} asked */
const answers = (asked) =>
  Promise.race([
    asked.then(
      () => true,
      () => false,
    ),
    new Promise((resolve) => setTimeout(() => resolve(false), PATIENCE_MILLISECONDS).unref()),
  ]);

/** @param {Pick<Parts, "database" | "cache" | "tokens" | "metrics" | "state"> & {document: () => unknown}} parts */
export function operationsController({ database, cache, tokens, metrics, state, document }) {
  return {
    /**
     * GET /healthz: the process serves.
     *
     * @param {Request} _request
     * @param {Response} response
     */
    alive(_request, response) {
      response.json({ status: "ok" });
    },

    /**
     * GET /readyz: database and cache answer.
     *
     * @param {Request} _request
     * @param {Response} response
     */
    async ready(_request, response) {
      const [databaseAnswers, cacheAnswers] = await Promise.all([
        answers(database.query("SELECT 1")),
        answers(cache.ping()),
      ]);
      const missing = [
        ...(databaseAnswers ? [] : ["database"]),
        ...(cacheAnswers ? [] : ["cache"]),
        ...(state.stopping ? ["stopping"] : []),
      ];
      if (missing.length === 0) response.json({ status: "ok" });
      else response.status(503).json({ status: `not ready: ${missing.join(", ")}` });
    },

    /**
     * GET /metrics: for Prometheus.
     *
     * @param {Request} _request
     * @param {Response} response
     */
    async metrics(_request, response) {
      response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    },

    /**
     * GET /.well-known/jwks.json: the public keys.
     *
     * @param {Request} _request
     * @param {Response} response
     */
    keySet(_request, response) {
      response.set("cache-control", "public, max-age=300").json(tokens.keys.keySet());
    },

    /**
     * GET /.well-known/openid-configuration: where the keys are.
     *
     * @param {Request} _request
     * @param {Response} response
     */
    discovery(_request, response) {
      response.set("cache-control", "public, max-age=300").json({
        issuer: tokens.issuer,
        jwks_uri: `${tokens.issuer}/.well-known/jwks.json`,
        token_endpoint: `${tokens.issuer}/v1/sessions`,
        response_types_supported: ["token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        scopes_supported: SCOPE.split(" "),
        claims_supported: ["sub", "email", "iss", "aud", "exp", "iat", "jti", "scope", "sid"],
      });
    },

    /**
     * GET /v1/openapi.json: what callers may rely on.
     *
     * @param {Request} _request
     * @param {Response} response
     */
    document(_request, response) {
      response.json(document());
    },
  };
}
