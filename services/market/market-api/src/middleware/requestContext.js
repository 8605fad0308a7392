/** Every request: an id that crosses services, a span, a log line and a measurement when it ends. */
import { randomUUID } from "node:crypto";

import { context as spans, SpanStatusCode } from "@opentelemetry/api";

import { requestContext } from "../utils/context.js";
import { startRequestSpan, untraced } from "../utils/telemetry.js";

const ID = /^[\w.-]{1,64}$/;
/** Asked every few seconds by whoever watches: in the metrics, neither in the logs nor in the traces. */
const QUIET = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * @param {import("../utils/logger.js").Logger} logger
 * @param {import("../utils/metrics.js").Metrics} metrics
 * @returns {import("express").RequestHandler}
 */
export function observe(logger, metrics) {
  return (request, response, next) => {
    const started = process.hrtime.bigint();
    const sent = request.get("x-request-id") ?? "";
    const requestId = ID.test(sent) ? sent : randomUUID();
    response.set("x-request-id", requestId);
    const start = () => startRequestSpan(request);
    const { span, context, traceId } = QUIET.has(request.path) ? untraced(start) : start();
    span.setAttribute("request.id", requestId);

    requestContext.run({ requestId, ...(traceId === undefined ? {} : { traceId }) }, () => {
      response.once("close", () => {
        const seconds = Number(process.hrtime.bigint() - started) / 1e9;
        const { method, path } = request;
        const status = response.statusCode;
        const route = request.route?.path ?? "none";
        metrics.duration.observe({ method, route, status }, seconds);
        span
          .updateName(`${method} ${route}`)
          .setAttributes({ "http.route": route, "http.response.status_code": status });
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        const line = { requestId, traceId, method, path, status, milliseconds: Math.round(seconds * 1e4) / 10 };
        logger[QUIET.has(path) ? "debug" : "info"](
          line,
          response.writableFinished ? "request" : "request, and the caller left",
        );
      });
      spans.with(context, next);
    });
  };
}
