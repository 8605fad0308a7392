/** Errors as callers see them: problem documents (RFC 9457), and nothing that only helps an attacker. */

/** @typedef {{path: string, message: string}} FieldError */

/** @type {Readonly<Record<number, string>>} */
const TITLES = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Not JSON",
  422: "Not valid",
  429: "Too many requests",
  500: "Something went wrong",
  503: "Not available now",
};

/** An error with an answer of its own. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} detail what is wrong, for the person who calls
   * @param {{errors?: FieldError[], headers?: Record<string, string>, cause?: unknown}} [more]
   */
  constructor(status, detail, { errors = [], headers = {}, cause } = {}) {
    super(detail, { cause });
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  /**
   * @param {string} requestId
   */
  document(requestId) {
    return {
      type: "about:blank",
      title: TITLES[this.status] ?? "Error",
      status: this.status,
      detail: this.message,
      requestId,
      errors: this.errors,
    };
  }
}

/** @param {string} what */
export const notFound = (what) => new Problem(404, `there is no such ${what}`);

/** @param {string} detail */
export const notSignedIn = (detail) =>
  new Problem(401, detail, { headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } });

/**
 * @param {string} store
 * @param {unknown} cause
 */
export const unavailable = (store, cause) =>
  new Problem(503, `the ${store} does not answer, try again soon`, { headers: { "Retry-After": "5" }, cause });
