import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import express from "express";

import { observe } from "../../src/middleware/requestContext.js";
import { createLogger } from "../../src/utils/logger.js";
import { createMetrics } from "../../src/utils/metrics.js";
import { Relay } from "../../src/utils/relay.js";
import { inSpan, startTelemetry } from "../../src/utils/telemetry.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };

/**
 * @param {import("node:http").RequestListener} answer
 * @returns {Promise<{address: string, close: () => void}>}
 */
async function listen(answer) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}`, close: () => (server.closeAllConnections(), server.close()) };
}

test("a request's spans go on where its caller's began; who watches and the relay's looks leave none", async () => {
  /** @type {any[]} */
  const bodies = [];
  const collector = await listen(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(JSON.parse(body));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const stop = startTelemetry({ endpoint: `${collector.address}/`, release: "1" });
  const database = /** @type {any} */ ({
    query: () => inSpan("query", {}, async () => [{ pending: 0 }]),
    transaction: () => inSpan("transaction", {}, async () => ({ taken: 0, sent: 0 })),
  });
  const logger = createLogger({ level: "error" });
  const metrics = createMetrics();
  const app = express();
  app.use(observe(logger, metrics));
  for (const path of ["/healthz", "/readyz", "/metrics", "/v1/items"]) {
    app.get(path, async (_request, response) => {
      await database.query();
      response.send("ok");
    });
  }
  const service = await listen(app);
  for (const path of ["/healthz", "/readyz", "/readyz?why", "/metrics", "/v1/items"]) {
    assert.equal((await fetch(service.address + path, { headers: CALLER })).status, 200, path);
  }
  service.close();
  let looks = 0;
  const looked = new Promise((resolve) => {
    const counting = { ...database, query: () => ((looks += 1), resolve(looks), database.query()) };
    const relay = new Relay({
      database: counting,
      queue: /** @type {any} */ ({}),
      queueUrl: "http://queue.test/events",
      beforeSending: async () => {},
      metrics,
      logger,
    });
    relay.start();
    void relay.stop();
  });
  assert.equal(await looked, 1);
  await stop();
  collector.close();

  const spans = bodies
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap((scope) => scope.spans);
  assert.deepEqual(spans.map(({ name, traceId }) => [name, traceId]).sort(), [
    ["GET /v1/items", TRACE],
    ["query", TRACE],
  ]);
});
