/** One JSON line an event on standard output. */
import { randomBytes, randomUUID } from "node:crypto";
import { pino } from "pino";
import type { Logger } from "pino";
import { choice } from "./environment.ts";
import type { Environment } from "./environment.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** What ties a request to everything done because of it, across services. */
export interface Trail {
  readonly requestId: string;
  readonly traceId: string;
  /** The W3C header of the span that caused it; absent where neither the caller nor this process traces. */
  readonly traceparent?: string;
}

/** A logger as LOG_LEVEL says; levels are words and times ISO 8601, as log searches want them. */
export function openLog(environment: Environment, service: string): Logger {
  return pino({
    level: choice(environment, "LOG_LEVEL", "info", LEVELS),
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/** The request's own ids where they can be trusted to be ids, new ones elsewhere: they end up in logs and headers. */
export function trailOf(headers: Readonly<Record<string, unknown>>): Trail {
  const requestId = String(headers["x-request-id"] ?? "");
  return { requestId: /^[\w.:-]{8,64}$/.test(requestId) ? requestId : randomUUID(), traceId: traceId(headers) };
}

function traceId(headers: Readonly<Record<string, unknown>>): string {
  const w3c = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(String(headers["traceparent"] ?? ""));
  if (w3c?.[1]) return w3c[1];
  const amazon = /(?:^|;)Root=1-([0-9a-f]{8})-([0-9a-f]{24})/.exec(String(headers["x-amzn-trace-id"] ?? ""));
  return amazon ? `${amazon[1]}${amazon[2]}` : randomBytes(16).toString("hex");
}
