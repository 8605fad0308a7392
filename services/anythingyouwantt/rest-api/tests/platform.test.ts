import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { credentialsOf, fromJson } from "../src/platform/credentials.ts";
import { clientConfig } from "../src/platform/database.ts";
import { trailOf } from "../src/platform/logs.ts";

test("an address is taken apart, and its coded characters are decoded", async () => {
  const source = credentialsOf({ DATABASE_URL: "postgres://shop:p%40ss@db:6543/orders" }, "DATABASE");
  const expected = { host: "db", port: 6543, tls: false, username: "shop", password: "p@ss", dbname: "orders" };
  assert.deepEqual(await source(), expected);
});

test("an address that is none is refused without its password", () => {
  assert.throws(
    () => credentialsOf({ QUEUE_URL: "http://u:hunter2@h" }, "QUEUE"),
    (error: Error) => {
      assert.equal(error.message, "QUEUE_URL is not an address of a server");
      return true;
    },
  );
});

test("exactly one way to the credentials must be given", () => {
  assert.throws(
    () => credentialsOf({}, "QUEUE"),
    /exactly one of QUEUE_SECRET_ARN, QUEUE_SECRET_FILE, QUEUE_URL must be set, 0 are/,
  );
  assert.throws(() => credentialsOf({ QUEUE_URL: "redis://q", QUEUE_SECRET_ARN: "arn" }, "QUEUE"), /2 are/);
});

test("a file is read anew each time, so that a changed password is found", async () => {
  const folder = await mkdtemp(join(tmpdir(), "credentials-"));
  try {
    const file = join(folder, "secret");
    const source = credentialsOf({ QUEUE_SECRET_FILE: file }, "QUEUE");
    for (const password of ["old", "new"]) {
      await writeFile(file, JSON.stringify({ host: "q", port: 6379, password }));
      assert.equal((await source()).password, password);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a secret with a bundle means TLS with the server verified by it", () => {
  const credentials = fromJson(
    "X",
    JSON.stringify({
      engine: "postgres",
      host: "db",
      port: 5432,
      dbname: "d",
      username: "u",
      password: "p",
      ca: "PEM",
    }),
  );
  assert.deepEqual(clientConfig(credentials).ssl, { rejectUnauthorized: true, ca: "PEM" });
});

test("a secret that cannot be used is named, and its content is not told", () => {
  for (const json of ["hunter2", '{"host":"hunter2"}', '{"host":"h","port":1,"password":["hunter2"]}']) {
    assert.throws(
      () => fromJson("QUEUE_SECRET_ARN", json),
      (error: Error) => {
        assert.match(error.message, /^the secret of QUEUE_SECRET_ARN /);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  }
});

test("a trace is gone on with, whichever of the two headers names it", () => {
  const id = "4bf92f3577b34da6a3ce929d0e0e4736";
  assert.equal(trailOf({ traceparent: `00-${id}-00f067aa0ba902b7-01` }).traceId, id);
  assert.equal(trailOf({ "x-amzn-trace-id": "Self=1-a;Root=1-4bf92f35-77b34da6a3ce929d0e0e4736" }).traceId, id);
  assert.match(trailOf({}).traceId, /^[0-9a-f]{32}$/);
});
