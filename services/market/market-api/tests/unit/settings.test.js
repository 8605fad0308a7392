import assert from "node:assert/strict";
import { test } from "node:test";

import { readDatabaseSettings, readSettings } from "../../src/utils/settings.js";

const ENOUGH = {
  DATABASE_URL: "postgres://u:p@localhost/market",
  CACHE_URL: "redis://localhost",
  SIGNING_KEY_FILE: "/keys/key.json",
  TOKEN_ISSUER: "https://market.test",
  EVENTS_QUEUE_URL: "http://localhost:4566/queue",
};

test("what is not said has a value", () => {
  const settings = readSettings({ ...ENOUGH, CORS_ORIGINS: "https://a.test, https://b.test,", SENTRY_DSN: "" });
  assert.equal(settings.PORT, 8001);
  assert.equal(settings.RATE_LIMIT_PER_MINUTE, 300);
  assert.equal(settings.SESSION_RATE_LIMIT_PER_MINUTE, 20);
  assert.equal(settings.SENTRY_DSN, undefined);
  assert.deepEqual(settings.CORS_ORIGINS, ["https://a.test", "https://b.test"]);
});

test("every setting that cannot be used is named at once, and no value of one is", () => {
  const { TOKEN_ISSUER: _, ...rest } = ENOUGH;
  assert.throws(() => readSettings({ ...rest, PORT: "eighty", DATABASE_SECRET_ARN: "arn:secret" }), {
    message:
      "the environment cannot be used: PORT: must be a whole number; TOKEN_ISSUER: invalid input: expected string, " +
      "received undefined; set exactly one of DATABASE_SECRET_ARN and DATABASE_URL",
  });
});

test("a migration needs a database and nothing else", () => {
  assert.deepEqual(readDatabaseSettings({ DATABASE_SECRET_ARN: "arn:secret" }), {
    DATABASE_URL: undefined,
    DATABASE_SECRET_ARN: "arn:secret",
  });
  assert.throws(() => readDatabaseSettings({}), /exactly one of DATABASE_SECRET_ARN and DATABASE_URL/);
});
