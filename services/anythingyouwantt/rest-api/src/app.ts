/** The HTTP side: routes, checks of what comes in, and the OpenAPI document. */
import swagger from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import Fastify, { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, FastifySchema } from "fastify";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import { trailOf } from "./platform/logs.ts";
import type { Trail } from "./platform/logs.ts";
import type { Metrics } from "./platform/metrics.ts";
import { parentOf, startSpan, traceparentOf, untraced } from "./platform/telemetry.ts";
import { orderRoutes } from "./orders.ts";
import { answerProblem, ProblemError } from "./problems.ts";
import { productRoutes } from "./products.ts";
import type { Store } from "./tables.ts";

declare module "fastify" {
  interface FastifyRequest {
    trail: Trail;
    span: Span;
  }
}

export interface Parts {
  readonly store: Store;
  readonly log: FastifyBaseLogger;
  readonly metrics: Metrics;
  /** Told of each new order. */
  readonly placed: () => void;
  /** Throws, by name, unless the named server answers. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
}

const BODY_BYTES = 16 * 1024;
/** Longer than the load balancer's idle time of 60 s: the balancer closes first. */
const KEEP_ALIVE_MILLISECONDS = 75_000;
const CHECK_MILLISECONDS = 3_000;

export async function createApp({ store, log, metrics, placed, checks }: Parts): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    requestTimeout: 30_000,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    return503OnClosing: false,
    forceCloseConnections: "idle",
    genReqId: (request) => trailOf(request.headers).requestId,
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  checkStrictly(app);
  keepTrail(app, metrics);
  app.setErrorHandler(answerProblem);
  app.setNotFoundHandler(() => {
    throw new ProblemError(404, "not-found", "there is nothing at this path, or not by this method");
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "AnythingYouWantt", version: "1.0.0", description: "Products, and orders carried out by mail." },
    },
  });
  await app.register(productRoutes(store), { prefix: "/api" });
  await app.register(orderRoutes(store, placed), { prefix: "/api" });
  const hidden = { schema: { hide: true } };
  app.get("/api/openapi.json", hidden, () => app.swagger());
  for (const path of ["/healthz", "/api/healthz"]) app.get(path, hidden, () => ({ status: "ok" }));
  app.get("/metrics", hidden, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get("/readyz", hidden, async () => {
    await Promise.all(Object.entries(checks).map(([name, check]) => ready(name, check)));
    return { status: "ok" };
  });
  return app;
}

/** Bodies are taken at their word: "3" is no number. Only addresses, which are all text, are read generously. */
function checkStrictly(app: FastifyInstance): void {
  const options = { allErrors: true, useDefaults: true, strict: false, removeAdditional: false } as const;
  const strict = addFormats.default(new Ajv({ ...options, coerceTypes: false }));
  const generous = addFormats.default(new Ajv({ ...options, coerceTypes: true }));
  app.setValidatorCompiler<FastifySchema>(({ schema, httpPart }) =>
    (httpPart === "body" ? strict : generous).compile(schema),
  );
}

/** Asked every few seconds by whoever watches: in the metrics, not in the logs; and what never ends is in no trace. */
const WATCHED = new Set(["/healthz", "/api/healthz", "/readyz", "/metrics"]);

/** Each request has its ids in every log line and in the answer, a span, and a measurement when it ends. */
function keepTrail(app: FastifyInstance, metrics: Metrics): void {
  app.decorateRequest("trail");
  app.decorateRequest("span");
  app.addHook("onRequest", async (request, reply) => {
    Object.assign(request, traced(request));
    reply.header("x-request-id", request.id);
    reply.header("cache-control", "no-store");
    reply.header("x-content-type-options", "nosniff");
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, trail, span } = request;
    const path = pathOf(request);
    const route = request.routeOptions.url ?? "none";
    const status = reply.statusCode;
    metrics.requests.observe({ method, route, status }, reply.elapsedTime / 1_000);
    if (WATCHED.has(path)) return;
    span.updateName(`${method} ${route}`).setAttributes({ "http.route": route, "http.response.status_code": status });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    const milliseconds = Math.round(reply.elapsedTime);
    request.log.info({ traceId: trail.traceId, method, path, status, milliseconds }, "request");
  });
}

/** The request's span, a child of the caller's where it sent one, and the trail of all that is done because of it. */
function traced(request: FastifyRequest): { span: Span; trail: Trail } {
  const attributes = { "http.request.method": request.method, "url.path": pathOf(request), "request.id": request.id };
  const parent = parentOf(request.headers["traceparent"]);
  const { span, own } = startSpan(request.method, { kind: SpanKind.SERVER, attributes, parent });
  const known = trailOf(request.headers);
  // Without a collector a span is empty, but for the caller's own ids.
  const { traceId } = span.spanContext();
  const traceparent = traceparentOf(own);
  return {
    span,
    trail: {
      requestId: request.id,
      traceId: /^0+$/.test(traceId) ? known.traceId : traceId,
      ...(traceparent !== undefined && { traceparent }),
    },
  };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split("?")[0] ?? "";
}

async function ready(name: string, check: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), CHECK_MILLISECONDS);
  });
  try {
    await Promise.race([untraced(check), late]);
  } catch {
    throw new ProblemError(503, "not-ready", `the ${name} does not answer`);
  } finally {
    clearTimeout(timer);
  }
}
