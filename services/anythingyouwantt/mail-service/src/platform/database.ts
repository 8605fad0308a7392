/** Postgres: a pool of connections that outlives restarts of the server and changes of the password. */
import pg from "pg";
import type { PoolClient } from "pg";
import type { Logger } from "pino";
import type { Credentials, CredentialsSource } from "./credentials.ts";

/** Postgres' codes for a login that it refuses: wrong password, unknown role. */
const REFUSED_LOGINS = new Set(["28P01", "28000"]);
const CONNECT_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 10_000;

/** How the pg library wants credentials; with a bundle the server's certificate and name are verified. */
export function clientConfig(credentials: Credentials): pg.ClientConfig {
  const { host, port, username, password, dbname, tls, ca } = credentials;
  return {
    host,
    port,
    ...(username && { user: username }),
    ...(password && { password }),
    ...(dbname && { database: dbname }),
    ...(tls && { ssl: { rejectUnauthorized: true, ...(ca && { ca }) } }),
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    keepAlive: true,
  };
}

/** Hands out connections; reads the credentials again when a login fails, and goes on with the new ones. */
export class Database {
  /** For Kysely, which wants a pool's shape; it would use them only to cancel a query. */
  readonly options = {};
  private pool: pg.Pool | undefined;
  private opening: Promise<pg.Pool> | undefined;
  private readonly source: CredentialsSource;
  private readonly log: Logger;
  private readonly size: number;

  constructor(source: CredentialsSource, log: Logger, size = 10) {
    this.source = source;
    this.log = log;
    this.size = size;
  }

  /** A connection, to be released by the caller. Throws what Postgres or the network says. */
  async connect(): Promise<PoolClient> {
    const pool = this.pool ?? (await this.open());
    try {
      return await pool.connect();
    } catch (error) {
      if (!REFUSED_LOGINS.has(String((error as { code?: unknown }).code))) throw error;
      this.log.warn("the database refused the login: reading its secret again");
      if (this.pool === pool) {
        this.pool = undefined;
        pool.end().catch(() => undefined);
      }
      return (this.pool ?? (await this.open())).connect();
    }
  }

  /** Throws unless the database answers. */
  async check(): Promise<void> {
    const client = await this.connect();
    try {
      await client.query("SELECT 1");
    } finally {
      client.release();
    }
  }

  async end(): Promise<void> {
    await this.pool?.end();
  }

  private open(): Promise<pg.Pool> {
    this.opening ??= this.source()
      .then((credentials) => {
        const pool = new pg.Pool({
          ...clientConfig(credentials),
          max: this.size,
          idleTimeoutMillis: 30_000,
          statement_timeout: STATEMENT_MILLISECONDS,
          query_timeout: STATEMENT_MILLISECONDS + CONNECT_MILLISECONDS,
        });
        // A connection that breaks while nobody uses it: the pool has dropped it already.
        pool.on("error", (error) => this.log.warn({ reason: error.message }, "a connection to the database broke"));
        this.pool = pool;
        return pool;
      })
      .finally(() => {
        this.opening = undefined;
      });
    return this.opening;
  }
}
