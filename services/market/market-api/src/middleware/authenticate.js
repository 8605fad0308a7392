/** Who calls: by a bearer token that this service signed. */
import { Problem } from "../utils/problems.js";

/** @typedef {import("../utils/tokens.js").Caller} Caller */

/**
 * @param {import("../utils/tokens.js").Tokens} tokens
 * @returns {(request: import("express").Request) => Promise<Caller>}
 */
export function authenticator(tokens) {
  return async (request) => {
    const [, token] = /^Bearer ([\w.~+/=-]{1,4096})$/i.exec(request.get("authorization") ?? "") ?? [];
    if (token === undefined) {
      throw new Problem(401, "an access token is needed: Authorization: Bearer …", {
        headers: { "WWW-Authenticate": "Bearer" },
      });
    }
    return tokens.verify(token);
  };
}

/**
 * @param {Caller} caller
 * @param {string} scope
 */
export function requireScope(caller, scope) {
  if (caller.scope.includes(scope)) return;
  throw new Problem(403, `the access token is not good for ${scope}`, {
    headers: { "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}
