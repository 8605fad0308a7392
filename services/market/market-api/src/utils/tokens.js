/** Access tokens: short-lived, RS256, verifiable by anyone who reads the key set. */
import { randomUUID } from "node:crypto";

import { errors, jwtVerify, SignJWT } from "jose";

import { notSignedIn } from "./problems.js";

export const ACCESS_TOKEN_SECONDS = 15 * 60;
export const SCOPE = "tasks:write items:write";
/** How far the clocks of two machines may be apart. */
const TOLERANCE_SECONDS = 5;

/** @typedef {{userId: string, sessionId: string, email: string, scope: string[]}} Caller */

export class Tokens {
  /**
   * @param {import("./keys.js").KeyRing} keys
   * @param {{issuer: string, audience: string}} names
   */
  constructor(keys, { issuer, audience }) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
  }

  /**
   * @param {{id: string, email: string}} user
   * @param {string} sessionId
   */
  async issue(user, sessionId) {
    const { kid, privateKey } = this.keys.signing;
    return new SignJWT({ email: user.email, scope: SCOPE, sid: sessionId })
      .setProtectedHeader({ alg: "RS256", kid, typ: "JWT" })
      .setSubject(user.id)
      .setIssuer(this.issuer)
      .setAudience(this.audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_SECONDS} s`)
      .sign(privateKey);
  }

  /**
   * @param {string} token
   * @returns {Promise<Caller>}
   * @throws {import("./problems.js").Problem} 401 with the reason
   */
  async verify(token) {
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keyFor(header), {
        algorithms: ["RS256"],
        issuer: this.issuer,
        audience: this.audience,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ["sub", "sid", "email", "scope", "exp", "iat", "jti"],
      });
      return {
        userId: String(payload.sub),
        sessionId: String(payload["sid"]),
        email: String(payload["email"]),
        scope: String(payload["scope"]).split(" "),
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw notSignedIn("the access token has expired");
      if (error instanceof errors.JOSEError) throw notSignedIn("the access token is not valid");
      throw error;
    }
  }

  /**
   * @param {import("jose").JWTHeaderParameters} header
   */
  async #keyFor({ kid }) {
    const key = kid === undefined ? undefined : await this.keys.find(kid);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key;
  }
}
