import { valid } from "../middleware/validate.js";
import { NewSession, Refresh } from "../models/schemas.js";
import { notSignedIn } from "../utils/problems.js";
import { passwordMatches } from "../utils/passwords.js";
import { ACCESS_TOKEN_SECONDS } from "../utils/tokens.js";

/** @typedef {import("../app.js").Parts} Parts */
/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */

/** @param {Pick<Parts, "users" | "sessions" | "tokens" | "authenticate" | "logger">} parts */
export function sessionsController({ users, sessions, tokens, authenticate, logger }) {
  /**
   * @param {{id: string, email: string}} user
   * @param {{sessionId: string, refreshToken: string}} session
   */
  const answer = async (user, { sessionId, refreshToken }) => ({
    accessToken: await tokens.issue(user, sessionId),
    refreshToken,
    tokenType: "Bearer",
    expiresIn: ACCESS_TOKEN_SECONDS,
  });

  return {
    /**
     * POST /v1/sessions: sign in with address and password.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async create(request, response) {
      const { email, password } = valid(NewSession, request.body);
      const user = await users.findForSignIn(email);
      const matches = await passwordMatches(password, user?.passwordDigest);
      if (user === undefined || !matches) throw notSignedIn("the address or the password is wrong");
      response.status(201).json(await answer(user, await sessions.start(user.id)));
    },

    /**
     * POST /v1/sessions/refresh: the next pair of tokens.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async refresh(request, response) {
      const rotation = await sessions.rotate(valid(Refresh, request.body).refreshToken);
      if (rotation === "used twice") logger.warn("a refresh token came twice: its session is ended");
      // One answer for all reasons: which of them it was helps only somebody who tries.
      if (typeof rotation === "string") throw notSignedIn("the refresh token is not valid, sign in again");
      response.json(await answer(rotation.user, rotation));
    },

    /**
     * DELETE /v1/sessions: sign out; access tokens that are out live on until they expire.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async end(request, response) {
      const { sessionId } = await authenticate(request);
      await sessions.end(sessionId);
      response.status(204).end();
    },
  };
}
