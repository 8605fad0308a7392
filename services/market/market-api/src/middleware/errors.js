/** Whatever went wrong becomes a problem document; what nobody foresaw is logged and reported, and told to nobody. */
import { requestContext } from "../utils/context.js";
import { notFound, Problem } from "../utils/problems.js";

/** @type {import("express").RequestHandler} */
export const noSuchPage = () => {
  throw notFound("page");
};

/**
 * @param {import("../utils/logger.js").Logger} logger
 * @param {import("../utils/errorTracking.js").ErrorTracking} tracking
 * @returns {import("express").ErrorRequestHandler}
 */
export function answerErrors(logger, tracking) {
  return (error, _request, response, next) => {
    const problem = asProblem(error);
    if (problem.status === 500) {
      logger.error({ error: String(error?.stack ?? error) }, "unexpected error");
      tracking.capture(error);
    } else if (problem.status === 503) {
      logger.warn({ error: String(problem.cause) }, problem.message);
    }
    // An answer that has begun cannot become another: the connection is cut instead.
    if (response.headersSent) return next(error);
    const requestId = requestContext.getStore()?.requestId ?? String(response.get("x-request-id") ?? "none");
    response
      .status(problem.status)
      .set(problem.headers)
      .type("application/problem+json")
      .send(JSON.stringify(problem.document(requestId)));
  };
}

/**
 * @param {any} error a Problem, or an error of Express and its body parser, which carry a status
 * @returns {Problem}
 */
function asProblem(error) {
  if (error instanceof Problem) return error;
  switch (error?.type) {
    case "entity.parse.failed":
      return new Problem(400, "the body is not JSON");
    case "entity.too.large":
      return new Problem(413, "the body is too large, 16 KiB are allowed");
    case "encoding.unsupported":
    case "charset.unsupported":
      return new Problem(415, "the body must be JSON in UTF-8");
    default:
  }
  if (error?.status >= 400 && error?.status < 500) return new Problem(400, "the request cannot be read");
  return new Problem(500, "an error that nobody expected; name the request id when you report it", { cause: error });
}
