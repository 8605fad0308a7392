/** Traces by OTLP, where OTEL_EXPORTER_OTLP_ENDPOINT says; without it every call here costs next to nothing. */
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, SpanKind } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { suppressTracing, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { SettingsError, text } from "./environment.ts";
import type { Environment } from "./environment.ts";

const NAME = "anythingyouwantt";
const EXPORT_MILLISECONDS = 5_000;

/** Starts to send traces, and to go on with those of callers; returns what sends the last of them and stops. */
export function startTelemetry(environment: Environment, service: string): () => Promise<void> {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const endpoint = text(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === undefined) return async () => undefined;
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new SettingsError(`OTEL_EXPORTER_OTLP_ENDPOINT must be an http address, got "${endpoint}"`);
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MILLISECONDS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: EXPORT_MILLISECONDS }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}

/** The trace that a message or a request belongs to, by its W3C header; a trace of its own without one. */
export function parentOf(traceparent: unknown): Context {
  return typeof traceparent === "string" ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
}

/** The W3C header of the trace under way, for a message that another service will read. */
export function traceparentOf(own: Context = context.active()): string | undefined {
  const headers: Record<string, string> = {};
  propagation.inject(own, headers);
  return headers["traceparent"];
}

/** Work of which nothing is to be in the traces: what is asked every few seconds would bury all else. */
export function untraced<Result>(work: () => Result): Result {
  return context.with(suppressTracing(context.active()), work);
}

export interface SpanOptions {
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  readonly parent?: Context;
}

/** A span that its caller ends, and the context of what is done under it. */
export function startSpan(name: string, options: SpanOptions): { span: Span; own: Context } {
  const { kind, attributes = {}, parent = context.active() } = options;
  const span = trace.getTracer(NAME).startSpan(name, { kind, attributes }, parent);
  return { span, own: trace.setSpan(parent, span) };
}

/** Work under a span of its own; an error marks the span and goes on to the caller. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const { span, own } = startSpan(name, options);
  try {
    return await context.with(own, work, undefined, span);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
    throw error;
  } finally {
    span.end();
  }
}
