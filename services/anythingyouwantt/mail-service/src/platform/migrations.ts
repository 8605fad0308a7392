/** Brings the database to the newest version, one process at a time. */
import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { credentialsOf } from "./credentials.ts";
import { clientConfig } from "./database.ts";
import type { Environment } from "./environment.ts";

/** Any number, the same for all who migrate one database: they wait for one another. */
const LOCK = 7_266_211;

/** Runs what the folder has and the database has not; returns the names. Safe to run again, and from two processes. */
export async function migrate(environment: Environment, folder: URL): Promise<string[]> {
  const client = new pg.Client(clientConfig(await credentialsOf(environment, "DATABASE")()));
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    const done = await runner({
      dbClient: client,
      dir: fileURLToPath(folder),
      migrationsTable: "migrations",
      direction: "up",
      noLock: true,
      log: () => undefined,
    });
    return done.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
