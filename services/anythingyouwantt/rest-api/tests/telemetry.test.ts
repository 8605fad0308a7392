import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { createMetrics, measured } from "../src/platform/metrics.ts";
import { inSpan, parentOf, startTelemetry, traceparentOf } from "../src/platform/telemetry.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = `00-${TRACE}-00f067aa0ba902b7-01`;

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: unknown;
    readonly scopeSpans: readonly {
      readonly spans: readonly { name: string; traceId: string; spanId: string; parentSpanId?: string }[];
    }[];
  }[];
}

test("without a collector the caller's trace is still handed on, and nothing else is", async () => {
  await startTelemetry({}, "rest-api")();
  const kind = SpanKind.CONSUMER;
  assert.equal(await inSpan("job", { kind, parent: parentOf(CALLER) }, async () => traceparentOf()), CALLER);
  assert.equal(await inSpan("job", { kind, parent: parentOf(undefined) }, async () => traceparentOf()), undefined);
  assert.equal(await inSpan("job", { kind, parent: parentOf("nonsense") }, async () => traceparentOf()), undefined);
});

test("an address that is none is refused", () => {
  assert.throws(
    () => startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }, "rest-api"),
    /OTEL_EXPORTER_OTLP_ENDPOINT must be an http address, got "collector:4317"/,
  );
});

test("a request, its job and the answer are one trace, each a child of what caused it", async () => {
  const bodies: Sent[] = [];
  const collector = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(JSON.parse(body));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address() as AddressInfo;
  try {
    const stop = startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/` }, "rest-api");
    const step = (name: string, parent: string | undefined) =>
      inSpan(name, { kind: SpanKind.CONSUMER, parent: parentOf(parent) }, async () => traceparentOf());
    const request = await step("request", CALLER);
    const job = await step("job", request);
    await step("answer", job);
    await assert.rejects(
      inSpan("broken", { kind: SpanKind.CLIENT }, () => Promise.reject(new TypeError("x"))),
      TypeError,
    );
    await stop();
    const spans = bodies.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    const named = Object.fromEntries(spans.map((span) => [span.name, span]));
    assert.deepEqual(Object.keys(named).sort(), ["answer", "broken", "job", "request"]);
    assert.equal(named["request"]?.parentSpanId, "00f067aa0ba902b7");
    assert.equal(named["job"]?.parentSpanId, named["request"]?.spanId);
    assert.equal(named["answer"]?.parentSpanId, named["job"]?.spanId);
    for (const name of ["request", "job", "answer"]) assert.equal(named[name]?.traceId, TRACE);
    assert.notEqual(named["broken"]?.traceId, TRACE);
    assert.match(JSON.stringify(bodies), /"service.name".*"rest-api"/);
  } finally {
    collector.closeAllConnections();
    collector.close();
  }
});

test("a job is measured by its queue and by what became of it", async () => {
  const metrics = createMetrics();
  await measured(
    metrics,
    "orders",
    async () => 1,
    () => "fulfilled",
  );
  const broken = measured(
    metrics,
    "orders",
    () => Promise.reject(new Error("x")),
    () => "never",
  );
  await assert.rejects(broken, /x/);
  const text = await metrics.registry.metrics();
  assert.match(text, /^job_duration_seconds_count\{queue="orders",result="fulfilled"\} 1$/m);
  assert.match(text, /^job_duration_seconds_count\{queue="orders",result="error"\} 1$/m);
});
