/** Traces by OTLP, when an address is configured; without one every call here costs next to nothing. */
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { suppressTracing, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";

const NAME = "market-api";

/**
 * Start to send traces, and to take part in those of callers.
 *
 * @param {{endpoint: string | undefined, release: string}} options endpoint: a collector's OTLP over HTTP address
 * @returns {() => Promise<void>} sends what is left, and stops
 */
export function startTelemetry({ endpoint, release }) {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  if (endpoint === undefined) return async () => {};
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces`, timeoutMillis: 5_000 });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": NAME, "service.version": release }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: 5_000 })],
  });
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}

/**
 * Work under a span of its own; an error marks the span and goes on to the caller.
 *
 * @template T
 * @param {string} name
 * @param {import("@opentelemetry/api").Attributes} attributes
 * @param {(span: import("@opentelemetry/api").Span) => Promise<T>} work
 * @param {{kind?: SpanKind, parent?: import("@opentelemetry/api").Context}} [options]
 * @returns {Promise<T>}
 */
export async function inSpan(name, attributes, work, { kind = SpanKind.CLIENT, parent = context.active() } = {}) {
  return trace.getTracer(NAME).startActiveSpan(name, { kind, attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * Work of which nothing is to be in the traces: what is done every few seconds would bury all else.
 *
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
export function untraced(work) {
  return context.with(suppressTracing(context.active()), work);
}

/**
 * The span of a request, a child of the caller's where it sent one.
 *
 * @param {import("express").Request} request
 */
export function startRequestSpan(request) {
  const parent = propagation.extract(context.active(), request.headers);
  const span = trace
    .getTracer(NAME)
    .startSpan(
      request.method,
      { kind: SpanKind.SERVER, attributes: { "http.request.method": request.method, "url.path": request.path } },
      parent,
    );
  const own = trace.setSpan(parent, span);
  // Without a provider the span is empty; the caller's trace still names the request.
  const { traceId } = span.spanContext();
  return { span, context: own, traceId: /^0+$/.test(traceId) ? undefined : traceId };
}

/** The W3C header for the trace under way, for a message that another service will read. */
export function traceparent() {
  /** @type {Record<string, string>} */
  const headers = {};
  propagation.inject(context.active(), headers);
  return headers["traceparent"];
}
