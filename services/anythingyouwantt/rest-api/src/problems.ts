/** Every error as a problem document (RFC 9457), without a word about the service's inside. */
import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** A request that cannot be served; `reason` is one word for programs, the message a sentence for people. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly status: number;
  readonly reason: string;
  readonly errors: readonly Fault[] | undefined;

  constructor(status: number, reason: string, detail: string, errors?: readonly Fault[]) {
    super(detail);
    this.status = status;
    this.reason = reason;
    this.errors = errors;
  }
}

/** What Node, Postgres and its library say when the database is away, starting or full. */
const AWAY = new Set(
  (
    "ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH ETIMEDOUT EPIPE " +
    "57P01 57P02 57P03 53300 28P01 57014"
  ).split(" "),
);
const AWAY_WORDS = /connection (terminated|timeout|ended)|timeout exceeded|query read timeout|not queryable/i;

const DETAILS: Record<string, [reason: string, detail: string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["too-large", "the body is larger than 16 KiB"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["media-type", "the body must be application/json"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["malformed", "the body is empty"],
  FST_ERR_CTP_INVALID_JSON_BODY: ["malformed", "the body is not JSON"],
};

/** The problem that an error is to the caller. */
export function problemOf(error: Error): ProblemError {
  if (error instanceof ProblemError) return error;
  const { code, validation, validationContext, statusCode } = error as FastifyError;
  if (validation) {
    const errors = validation.map(({ instancePath, keyword, message, params }) => {
      const extra = (params as { additionalProperty?: string } | undefined)?.additionalProperty;
      const plain = keyword === "pattern" ? "does not have the form that it must have" : (message ?? "is wrong");
      const detail = extra === undefined ? plain : `must not have the field "${extra.slice(0, 64)}"`;
      return { pointer: `/${validationContext ?? "body"}${instancePath}`, detail };
    });
    return new ProblemError(400, "invalid", "the request does not have the shape that it must have", errors);
  }
  if (AWAY.has(code) || AWAY_WORDS.test(error.message)) {
    return new ProblemError(503, "store-unavailable", "the database does not answer: try again");
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const [reason, detail] = DETAILS[code] ?? ["refused", "the request cannot be understood"];
    return new ProblemError(statusCode, reason, detail);
  }
  return new ProblemError(500, "internal", "the service failed, and says why in its log");
}

/** Fastify's error handler. */
export function answerProblem(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500) request.log.error({ err: error }, "request failed");
  if (problem.status === 503) reply.header("retry-after", "2");
  return reply
    .code(problem.status)
    .type("application/problem+json")
    .send({
      type: "about:blank",
      title: STATUS_CODES[problem.status] ?? "Error",
      status: problem.status,
      detail: problem.message,
      reason: problem.reason,
      requestId: request.id,
      ...(problem.errors && { errors: problem.errors }),
    });
}
