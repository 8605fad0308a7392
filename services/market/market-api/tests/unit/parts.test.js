import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";

import { rateLimit } from "../../src/middleware/rateLimit.js";
import { NewItem, NewUser, Page } from "../../src/models/schemas.js";
import { createLogger } from "../../src/utils/logger.js";
import { createMetrics } from "../../src/utils/metrics.js";
import { Relay } from "../../src/utils/relay.js";

test("secrets are taken out of a log line by their names, wherever they stand", () => {
  let line = "";
  const destination = new Writable({ write: (chunk, _encoding, done) => ((line += chunk), done()) });
  createLogger({ destination }).info(
    { password: "one", body: { refreshToken: "two" }, a: { b: { authorization: "three" } } },
    "x",
  );
  const { password, body, a, message } = JSON.parse(line);
  assert.deepEqual(
    { password, body, a, message },
    {
      password: "[taken out]",
      body: { refreshToken: "[taken out]" },
      a: { b: { authorization: "[taken out]" } },
      message: "x",
    },
  );
});

test("prices are whole cents, and a description may be left out", () => {
  assert.deepEqual(NewItem.parse({ title: "Lamp", priceCents: 0, currency: "EUR" }).description, "");
  assert.equal(NewItem.safeParse({ title: "Lamp", priceCents: 1.5, currency: "EUR" }).success, false);
});

test("a page has 20 entries unless the caller says 1 to 100", () => {
  assert.deepEqual(Page.parse({}), { limit: 20 });
  assert.deepEqual(Page.parse({ limit: "100" }), { limit: 100 });
  for (const limit of ["0", "101", "1e1", " 5", ""]) assert.equal(Page.safeParse({ limit }).success, false, limit);
  for (const cursor of ["", "abc", "-1", "1e3", "1234567890123456789"]) {
    assert.equal(Page.safeParse({ cursor }).success, false, cursor);
  }
});

test("a password has from 10 to 128 characters", () => {
  const fits = (/** @type {number} */ length) =>
    NewUser.safeParse({ email: "a@example.com", password: "x".repeat(length) }).success;
  assert.deepEqual([9, 10, 128, 129].map(fits), [false, true, true, false]);
});

/** @param {() => Promise<unknown[]>} exec */
const cacheThat = (exec) => /** @type {any} */ ({ multi: () => ({ incr: () => ({ expire: () => ({ exec }) }) }) });
const request = /** @type {any} */ ({ ip: "192.0.2.1" });

test("the caller over the limit learns how long to wait", async () => {
  const metrics = createMetrics();
  let count = 0;
  const limits = {
    cache: cacheThat(async () => [(count += 1), true]),
    prefix: "p",
    metrics,
    now: () => 1_000_000_012_500,
  };
  const limit = rateLimit(limits, { name: "all", perMinute: 2 });
  let passed = 0;
  for (let tries = 0; tries < 2; tries += 1) await limit(request, /** @type {any} */ ({}), () => (passed += 1));
  await assert.rejects(async () => limit(request, /** @type {any} */ ({}), () => (passed += 1)), {
    status: 429,
    // 12.5 s after a full 40 s: 7.5 s are left of the minute.
    headers: { "Retry-After": "8" },
  });
  assert.equal(passed, 2);
});

test("without the cache each task counts for itself", async () => {
  const metrics = createMetrics();
  const limits = {
    cache: cacheThat(async () => Promise.reject(new Error("away"))),
    prefix: "p",
    metrics,
    now: () => 0,
  };
  const limit = rateLimit(limits, { name: "all", perMinute: 1 });
  let passed = 0;
  await limit(request, /** @type {any} */ ({}), () => (passed += 1));
  await assert.rejects(async () => limit(request, /** @type {any} */ ({}), () => {}), { status: 429 });
  assert.equal(passed, 1);
  const [{ values }] = /** @type {any} */ (await metrics.registry.getMetricsAsJSON()).filter(
    (/** @type {any} */ { name }) => name === "rate_limit_decisions_total",
  );
  assert.deepEqual(
    values.map((/** @type {any} */ { labels, value }) => [labels.decision, value]),
    [
      ["unchecked", 1],
      ["refused", 1],
    ],
  );
});

test("an event that the queue refuses stays, and those that arrived go", async () => {
  const rows = ["1", "2"].map((sequence) => ({ sequence, event: { id: sequence }, traceparent: null }));
  /** @type {unknown[]} */
  const deleted = [];
  const client = {
    query: async (/** @type {string} */ text, /** @type {unknown[]} */ values) => {
      if (text.startsWith("DELETE")) deleted.push(...values);
      return { rows };
    },
  };
  const relay = new Relay({
    database: /** @type {any} */ ({
      transaction: (/** @type {any} */ work) => work(client),
      query: async () => [{ pending: 1 }],
    }),
    queue: /** @type {any} */ ({
      send: async () => ({ Successful: [{ Id: "1" }], Failed: [{ Id: "2", Code: "InternalError" }] }),
    }),
    queueUrl: "http://queue.test/events",
    beforeSending: async () => {},
    metrics: createMetrics(),
    logger: createLogger({ level: "error" }),
  });
  assert.deepEqual(await relay.turn(), { taken: 2, sent: 1 });
  assert.deepEqual(deleted, [["1"]]);
});
