/** Accounts. An address is one account whatever its letters' case. */
import { randomUUID } from "node:crypto";

import { Problem } from "../utils/problems.js";

/** @typedef {{id: string, email: string, createdAt: string}} UserValue */

const UNIQUE_VIOLATION = "23505";

/** @param {string} email */
export const canonical = (email) => email.toLowerCase();

/** @param {any} row @returns {UserValue} */
const fromRow = (row) => ({ id: row.id, email: row.email, createdAt: row.created_at.toISOString() });

export class Users {
  /** @param {import("../utils/database.js").Database} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * @param {string} email
   * @param {string} passwordDigest
   * @throws {Problem} 409 when the address has an account
   */
  async create(email, passwordDigest) {
    try {
      const [row] = await this.database.query(
        "INSERT INTO users (id, email, password_digest) VALUES ($1, $2, $3) RETURNING id, email, created_at",
        [randomUUID(), canonical(email), passwordDigest],
      );
      return fromRow(row);
    } catch (error) {
      if (/** @type {any} */ (error)?.code === UNIQUE_VIOLATION) {
        throw new Problem(409, "there is an account with this address already");
      }
      throw error;
    }
  }

  /** @param {string} id */
  async find(id) {
    const [row] = await this.database.query("SELECT id, email, created_at FROM users WHERE id = $1", [id]);
    return row === undefined ? undefined : fromRow(row);
  }

  /**
   * @param {string} email
   * @returns {Promise<{id: string, email: string, passwordDigest: string} | undefined>}
   */
  async findForSignIn(email) {
    // A NUL can be in no stored address, and Postgres refuses the question.
    if (email.includes("\u0000")) return undefined;
    const [row] = await this.database.query(
      'SELECT id, email, password_digest AS "passwordDigest" FROM users WHERE email = $1',
      [canonical(email)],
    );
    return row;
  }
}
