import { valid } from "../middleware/validate.js";
import { NewUser } from "../models/schemas.js";
import { notSignedIn } from "../utils/problems.js";
import { digestPassword } from "../utils/passwords.js";

/** @typedef {import("../app.js").Parts} Parts */
/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */

/** @param {Pick<Parts, "users" | "authenticate">} parts */
export function usersController({ users, authenticate }) {
  return {
    /**
     * POST /v1/users: a new account.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async create(request, response) {
      const { email, password } = valid(NewUser, request.body);
      // Digested before the address is looked at: an address that is taken takes as long as one that is not.
      const user = await users.create(email, await digestPassword(password));
      response.status(201).location("/v1/users/me").json(user);
    },

    /**
     * GET /v1/users/me: the caller's own account.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async me(request, response) {
      const caller = await authenticate(request);
      const user = await users.find(caller.userId);
      if (user === undefined) throw notSignedIn("the account is gone");
      response.json(user);
    },
  };
}
