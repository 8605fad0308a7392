/**
 * Sign-ins and their refresh tokens. Each token works once and is followed by another; one that comes a second time was
 * copied by somebody, so the whole family ends: the thief's tokens and the owner's, who signs in again.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";

const SESSION_DAYS = 30;

/** @param {string} token */
const digestOf = (token) => createHash("sha256").update(token).digest();

/** @typedef {{sessionId: string, refreshToken: string, user: {id: string, email: string}}} Rotation */

/**
 * @param {import("pg").PoolClient} client
 * @param {string} sessionId
 */
async function addToken(client, sessionId) {
  const token = randomBytes(32).toString("base64url");
  await client.query("INSERT INTO refresh_tokens (digest, session_id) VALUES ($1, $2)", [digestOf(token), sessionId]);
  return token;
}

export class Sessions {
  /** @param {import("../utils/database.js").Database} database */
  constructor(database) {
    this.database = database;
  }

  /** @param {string} userId */
  async start(userId) {
    return this.database.transaction(async (client) => {
      await client.query("DELETE FROM sessions WHERE user_id = $1 AND expires_at < now()", [userId]);
      const sessionId = randomUUID();
      await client.query(
        "INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + make_interval(days => $3))",
        [sessionId, userId, SESSION_DAYS],
      );
      return { sessionId, refreshToken: await addToken(client, sessionId) };
    });
  }

  /**
   * The next token for one that is used now.
   *
   * @param {string} refreshToken
   * @returns {Promise<Rotation | "unknown" | "over" | "used twice">}
   */
  async rotate(refreshToken) {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query(
        `SELECT token.used_at, session.id, session.revoked_at IS NOT NULL OR session.expires_at < now() AS over,
                users.id AS user_id, users.email
         FROM refresh_tokens token
         JOIN sessions session ON session.id = token.session_id
         JOIN users ON users.id = session.user_id
         WHERE token.digest = $1
         FOR UPDATE OF token, session`,
        [digestOf(refreshToken)],
      );
      const found = rows[0];
      if (found === undefined) return "unknown";
      if (found.over) return "over";
      if (found.used_at !== null) {
        await client.query(
          "UPDATE sessions SET revoked_at = now(), revoked_because = 'token used twice' WHERE id = $1",
          [found.id],
        );
        return "used twice";
      }
      await client.query("UPDATE refresh_tokens SET used_at = now() WHERE digest = $1", [digestOf(refreshToken)]);
      return {
        sessionId: found.id,
        refreshToken: await addToken(client, found.id),
        user: { id: found.user_id, email: found.email },
      };
    });
  }

  /** @param {string} sessionId */
  async end(sessionId) {
    await this.database.query(
      "UPDATE sessions SET revoked_at = now(), revoked_because = 'signed out' WHERE id = $1 AND revoked_at IS NULL",
      [sessionId],
    );
  }
}
