/**
 * So many requests a minute and address, counted in Redis by all tasks together; while Redis is away each task counts
 * for itself.
 */
import { Problem } from "../utils/problems.js";

const WINDOW_SECONDS = 60;
/** Counters that a task keeps by itself at most: beyond it starts anew rather than grow. */
const MOST_LOCAL = 10_000;

/**
 * @typedef {object} RateLimitParts
 * @property {Pick<import("../utils/cache.js").CacheClient, "multi">} cache
 * @property {string} prefix of all keys
 * @property {import("../utils/metrics.js").Metrics} metrics
 * @property {() => number} [now] milliseconds
 */

/**
 * @param {RateLimitParts} parts
 * @param {{name: string, perMinute: number}} limit 0 switches it off
 * @returns {import("express").RequestHandler}
 */
export function rateLimit({ cache, prefix, metrics, now = Date.now }, { name, perMinute }) {
  /** @type {Map<string, number>} */
  const local = new Map();

  /** @param {string} key */
  async function count(key) {
    try {
      const [shared] = await cache.multi().incr(key).expire(key, WINDOW_SECONDS).exec();
      return { used: Number(shared), shared: true };
    } catch {
      if (local.size >= MOST_LOCAL) local.clear();
      const used = (local.get(key) ?? 0) + 1;
      local.set(key, used);
      return { used, shared: false };
    }
  }

  return async (request, _response, next) => {
    if (perMinute === 0) return next();
    const seconds = now() / 1000;
    const window = Math.floor(seconds / WINDOW_SECONDS);
    const { used, shared } = await count(`${prefix}:market-api:rate:${name}:${request.ip}:${window}`);
    if (used > perMinute) {
      metrics.rateLimit.inc({ decision: "refused" });
      const wait = Math.max(1, Math.ceil((window + 1) * WINDOW_SECONDS - seconds));
      throw new Problem(429, `more than ${perMinute} requests a minute, go on in ${wait} s`, {
        headers: { "Retry-After": String(wait) },
      });
    }
    metrics.rateLimit.inc({ decision: shared ? "allowed" : "unchecked" });
    next();
  };
}
