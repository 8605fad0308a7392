import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { pino } from "pino";
import { createApp } from "../src/app.ts";
import { createMetrics } from "../src/platform/metrics.ts";
import { inSpan, startTelemetry } from "../src/platform/telemetry.ts";
import type { Store } from "../src/tables.ts";
import { collected } from "./collector.ts";

test("what is asked every few seconds by whoever watches leaves no span, nor do its checks' servers", async () => {
  const { spans } = await collected(async (endpoint) => {
    const stop = startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, "rest-api");
    const app = await createApp({
      store: {} as Store,
      log: pino({ level: "silent" }),
      metrics: createMetrics(),
      placed: () => undefined,
      checks: { database: () => inSpan("database", { kind: SpanKind.CLIENT }, async () => undefined) },
    });
    const caller = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
    for (const url of ["/healthz", "/api/healthz", "/readyz", "/readyz?why", "/metrics", "/api/openapi.json"]) {
      for (const headers of [{}, caller]) assert.equal((await app.inject({ url, headers })).statusCode, 200, url);
    }
    await app.close();
    await stop();
  });
  assert.deepEqual(
    spans.map(({ name }) => name),
    ["GET /api/openapi.json", "GET /api/openapi.json"],
  );
});
