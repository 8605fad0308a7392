import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { createMetrics, measured } from "../src/platform/metrics.ts";
import { inSpan, parentOf, startTelemetry, traceparentOf } from "../src/platform/telemetry.ts";
import { collected } from "./collector.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = `00-${TRACE}-00f067aa0ba902b7-01`;

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
  const { spans, text } = await collected(async (endpoint) => {
    const stop = startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, "rest-api");
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
  });
  const named = Object.fromEntries(spans.map((span) => [span.name, span]));
  assert.deepEqual(Object.keys(named).sort(), ["answer", "broken", "job", "request"]);
  assert.equal(named["request"]?.parentSpanId, "00f067aa0ba902b7");
  assert.equal(named["job"]?.parentSpanId, named["request"]?.spanId);
  assert.equal(named["answer"]?.parentSpanId, named["job"]?.spanId);
  for (const name of ["request", "job", "answer"]) assert.equal(named[name]?.traceId, TRACE);
  assert.notEqual(named["broken"]?.traceId, TRACE);
  assert.match(text, /"service.name".*"rest-api"/);
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
