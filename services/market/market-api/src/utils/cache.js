/**
 * Redis: a connection that comes back by itself, reads its credentials again when they are refused, and never makes a
 * caller wait.
 */
import { createClient } from "@redis/client";

import { readSecretDocument, remembered } from "./secrets.js";

/** @typedef {import("./settings.js").Settings} Settings */
/**
 * @typedef {object} CacheCredentials a url, or the rest
 * @property {string} [url]
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [username]
 * @property {string} [password]
 * @property {boolean} [tls]
 * @property {string} [ca] PEM
 */

/** A command that takes longer counts as failed: what is cached can be asked of the database. */
const COMMAND_MILLISECONDS = 1_000;

/**
 * Where the credentials are: a URL, or a secret with host, port, username, password, tls and perhaps ca.
 *
 * @param {Pick<Settings, "CACHE_URL" | "CACHE_SECRET_ARN">} settings
 * @returns {import("./secrets.js").ReadSecret<CacheCredentials>}
 */
export function cacheCredentials({ CACHE_URL, CACHE_SECRET_ARN }) {
  return remembered(async () =>
    CACHE_SECRET_ARN === undefined
      ? { url: CACHE_URL }
      : /** @type {CacheCredentials} */ (await readSecretDocument(CACHE_SECRET_ARN)),
  );
}

/** @param {any} error */
const refused = (error) => /WRONGPASS|NOAUTH|invalid username-password/i.test(String(error?.message));

/**
 * @param {import("./secrets.js").ReadSecret<CacheCredentials>} read
 * @param {import("./logger.js").Logger} logger
 */
export async function connectCache(read, logger) {
  const first = await read();
  let again = false;
  /** @type {Parameters<typeof createClient>[0]} */
  const options = {
    disableOfflineQueue: true,
    pingInterval: 20_000,
    commandOptions: { timeout: COMMAND_MILLISECONDS },
    socket: /** @type {any} */ ({
      connectTimeout: 3_000,
      keepAlive: true,
      reconnectStrategy: (/** @type {number} */ retries) => Math.min(100 * 2 ** retries, 2_000) + Math.random() * 200,
      ...(first.url === undefined ? { host: first.host, port: first.port } : {}),
      ...(first.tls ? { tls: true, ...(first.ca === undefined ? {} : { ca: first.ca }) } : {}),
    }),
    ...(first.url === undefined
      ? {
          credentialsProvider: {
            type: /** @type {const} */ ("async-credentials-provider"),
            credentials: async () => {
              const { username = "default", password = "" } = await read({ again });
              again = false;
              return { username, password };
            },
          },
        }
      : { url: first.url }),
  };
  const client = createClient(options);
  client.on("error", (error) => {
    again ||= refused(error);
    logger.warn({ error: String(error?.message ?? error) }, "the cache does not answer");
  });
  // Not awaited: the service starts, and serves from the database, while its cache is away.
  client.connect().catch((error) => logger.error({ error: error.message }, "the cache cannot be used"));
  return client;
}

/** @typedef {Awaited<ReturnType<typeof connectCache>>} CacheClient */
