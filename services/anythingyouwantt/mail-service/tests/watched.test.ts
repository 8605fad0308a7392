import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { serveHealth } from "../src/health.ts";
import { createMetrics } from "../src/platform/metrics.ts";
import { inSpan, startTelemetry } from "../src/platform/telemetry.ts";
import { collected } from "./collector.ts";

test("what is asked every few seconds by whoever watches leaves no span, and an order does", async () => {
  const { spans } = await collected(async (endpoint) => {
    const stop = startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, "mail-service");
    const check = () => inSpan("database", { kind: SpanKind.CLIENT }, async () => undefined);
    const server = await serveHealth(0, createMetrics(), [check]);
    const { port } = server.address() as AddressInfo;
    for (const path of ["/healthz", "/readyz", "/readyz?why", "/metrics"]) {
      assert.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, 200, path);
    }
    server.closeAllConnections();
    server.close();
    await inSpan("orders process", { kind: SpanKind.CONSUMER }, check);
    await stop();
  });
  assert.deepEqual(spans.map(({ name }) => name).sort(), ["database", "orders process"]);
});
