/**
 * Brings the database's tables to this version: `node src/migrate.js`. One at a time; a second one waits, and then has
 * nothing to do.
 */
import { fileURLToPath } from "node:url";

import { runner } from "node-pg-migrate";

import { databaseCredentials } from "./utils/database.js";
import { createLogger } from "./utils/logger.js";
import { readDatabaseSettings } from "./utils/settings.js";

const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));

/**
 * @param {import("pg").ClientConfig} database
 * @returns {Promise<string[]>} the names of those that were run
 */
export async function migrate(database) {
  const done = await runner({
    databaseUrl: { ...database, connectionTimeoutMillis: 10_000 },
    dir: MIGRATIONS,
    direction: "up",
    migrationsTable: "migrations",
    advisoryLockMode: "wait",
    log: () => {},
  });
  return done.map(({ name }) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const logger = createLogger();
  try {
    const names = await migrate(await databaseCredentials(readDatabaseSettings(process.env))());
    logger.info({ migrations: names }, names.length > 0 ? "migrated" : "nothing to migrate");
  } catch (error) {
    logger.error({ error: error instanceof Error ? error.message : String(error) }, "the migration failed");
    process.exitCode = 1;
  }
}
