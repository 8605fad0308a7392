/** Postgres: a pool that reads its credentials again when a login fails, and builds itself anew with them. */
import pg from "pg";

import { Problem, unavailable } from "./problems.js";
import { readSecretDocument, remembered } from "./secrets.js";
import { inSpan } from "./telemetry.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("pg").PoolClient | import("pg").Pool} Connection */
/** @typedef {import("pg").ClientConfig} Credentials */

/** Postgres' own codes (Appendix A of its manual): a password or a role that is refused. */
const LOGIN_FAILED = new Set(["28P01", "28000"]);
/** Codes and classes that say "not now" rather than "your statement is wrong". */
const AWAY = /^(08...|57P0.|53300|57014|25006|ECONN.*|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
const AWAY_MESSAGE = /timeout|connection terminated|not queryable|after calling end/i;

/**
 * Where the credentials are: a URL, or a secret with engine, host, port, dbname, username, password and ca.
 *
 * @param {Pick<Settings, "DATABASE_URL" | "DATABASE_SECRET_ARN">} settings
 * @returns {import("./secrets.js").ReadSecret<Credentials>}
 */
export function databaseCredentials({ DATABASE_URL, DATABASE_SECRET_ARN }) {
  return remembered(async () => {
    if (DATABASE_SECRET_ARN === undefined) return { connectionString: DATABASE_URL };
    const secret = await readSecretDocument(DATABASE_SECRET_ARN);
    return {
      host: String(secret["host"]),
      port: Number(secret["port"]),
      database: String(secret["dbname"]),
      user: String(secret["username"]),
      password: String(secret["password"]),
      ...(secret["ca"] === undefined ? {} : { ssl: { ca: String(secret["ca"]), rejectUnauthorized: true } }),
    };
  });
}

/** @param {any} error */
const loginFailed = (error) => LOGIN_FAILED.has(error?.code);

/** @param {any} error */
const isAway = (error) =>
  loginFailed(error) ||
  AWAY.test(error?.code ?? "") ||
  AWAY_MESSAGE.test(String(error?.message)) ||
  error?.name === "AggregateError";

export class Database {
  /** @type {Promise<import("pg").Pool> | undefined} */
  #pool;
  #credentials;
  #logger;
  #size;

  /**
   * @param {import("./secrets.js").ReadSecret<Credentials>} credentials
   * @param {import("./logger.js").Logger} logger
   * @param {{size?: number}} [options] size: most connections at a time
   */
  constructor(credentials, logger, { size = 10 } = {}) {
    this.#credentials = credentials;
    this.#logger = logger;
    this.#size = size;
  }

  /**
   * One statement, with its values apart from its text.
   *
   * @param {string} text
   * @param {unknown[]} [values]
   * @returns {Promise<any[]>} the rows
   */
  async query(text, values = []) {
    return this.#use("database query", async (client) => (await client.query(text, values)).rows);
  }

  /**
   * Several statements that happen together or not at all.
   *
   * @template T
   * @param {(client: import("pg").PoolClient) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async transaction(work) {
    return this.#use("database transaction", async (client) => {
      await client.query("BEGIN");
      try {
        const result = await work(client);
        await client.query("COMMIT");
        return result;
      } catch (error) {
        // A connection that is gone has rolled back by itself, and must not hide the first error.
        await client.query("ROLLBACK").catch(() => {});
        throw error;
      }
    });
  }

  async close() {
    const pool = await this.#pool?.catch(() => undefined);
    this.#pool = undefined;
    await pool?.end();
  }

  /**
   * @template T
   * @param {string} name
   * @param {(client: import("pg").PoolClient) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #use(name, work) {
    return inSpan(name, { "db.system.name": "postgresql" }, async () => {
      /** @type {import("pg").PoolClient | undefined} */
      let client;
      /** @type {any} */
      let failure;
      try {
        client = await this.#connect();
        return await work(client);
      } catch (error) {
        failure = error;
        if (!(error instanceof Problem) && isAway(error)) throw unavailable("database", error);
        throw error;
      } finally {
        // A connection on which something broke is not handed to the next request.
        client?.release(failure !== undefined && !(failure instanceof Problem) && failure.code?.length !== 5);
      }
    });
  }

  async #connect() {
    const pool = await this.#open().catch((error) => {
      throw unavailable("database", error);
    });
    try {
      return await pool.connect();
    } catch (error) {
      if (!loginFailed(error)) throw error;
      this.#logger.warn("the database refused the login: its secret is read again");
      return (await this.#reopen(pool)).connect();
    }
  }

  /** @param {{again?: boolean}} [how] */
  async #open(how) {
    this.#pool ??= this.#credentials(how).then((credentials) => {
      const pool = new pg.Pool({
        ...credentials,
        max: this.#size,
        connectionTimeoutMillis: 5_000,
        idleTimeoutMillis: 60_000,
        statement_timeout: 10_000,
        query_timeout: 12_000,
        keepAlive: true,
        application_name: "market-api",
      });
      // Without a listener an idle connection that breaks would end the process.
      pool.on("error", (error) => this.#logger.warn({ error: error.message }, "an idle database connection broke"));
      return pool;
    });
    const opening = this.#pool;
    opening.catch(() => {
      if (this.#pool === opening) this.#pool = undefined;
    });
    return opening;
  }

  /**
   * @param {import("pg").Pool} refused
   */
  async #reopen(refused) {
    const current = await this.#pool;
    if (current === refused) {
      this.#pool = undefined;
      refused.end().catch(() => {});
    }
    return this.#open({ again: true });
  }
}
