/**
 * Reads of items through Redis. All answers hang on one generation: a change names a new one, so that whatever was read
 * before the change, even by a reader that stores it after, is never asked for again.
 */
import { randomUUID } from "node:crypto";

const TTL_SECONDS = 60;

/** @typedef {import("./schemas.js").ItemValue} ItemValue */

export class CachedItems {
  #items;
  #cache;
  #metrics;
  #prefix;

  /**
   * @param {import("./items.js").Items} items
   * @param {import("../utils/cache.js").CacheClient} cache
   * @param {import("../utils/metrics.js").Metrics} metrics
   * @param {string} prefix of all keys
   */
  constructor(items, cache, metrics, prefix) {
    this.#items = items;
    this.#cache = cache;
    this.#metrics = metrics;
    this.#prefix = `${prefix}:market-api:items`;
  }

  /**
   * @param {{limit: number, before: string | undefined}} page
   * @returns {ReturnType<import("./items.js").Items["list"]>}
   */
  list(page) {
    return this.#through(`list:${page.limit}:${page.before ?? ""}`, () => this.#items.list(page));
  }

  /** @param {string} id */
  find(id) {
    return this.#through(`one:${id}`, () => this.#items.find(id));
  }

  /** Nothing that was read until now is answered again. Fails when the cache is away; the relay then says it again. */
  async invalidate() {
    await this.#cache.set(`${this.#prefix}:generation`, randomUUID());
  }

  /**
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} read
   * @returns {Promise<T>}
   */
  async #through(name, read) {
    let key;
    try {
      key = `${this.#prefix}:${await this.#generation()}:${name}`;
      const kept = await this.#cache.get(key);
      if (kept !== null) {
        this.#metrics.cache.inc({ result: "hit" });
        return JSON.parse(kept);
      }
      this.#metrics.cache.inc({ result: "miss" });
    } catch {
      this.#metrics.cache.inc({ result: "away" });
    }
    const value = await read();
    if (key !== undefined && value !== undefined) {
      await this.#cache
        .set(key, JSON.stringify(value), { expiration: { type: "EX", value: TTL_SECONDS } })
        .catch(() => {});
    }
    return value;
  }

  async #generation() {
    const key = `${this.#prefix}:generation`;
    const current = await this.#cache.get(key);
    if (current !== null) return current;
    // Evicted, or the first read ever: a name that was never used before.
    await this.#cache.set(key, randomUUID(), { condition: "NX" });
    return this.#cache.get(key);
  }
}
