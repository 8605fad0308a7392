/** `node dist/migrate.js`: the database at the newest version, or one line that says why not. */
import { openLog } from "./platform/logs.ts";
import { migrate } from "./platform/migrations.ts";
import { startOrEnd } from "./platform/start.ts";

await startOrEnd("rest-api-migrations", async () => {
  const log = openLog(process.env, "rest-api-migrations");
  const names = await migrate(process.env, new URL("./migrations/", import.meta.url));
  log.info({ names }, "the database is at the newest version");
});
