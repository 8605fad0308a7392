import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "../src/orders.ts";
import { problemOf } from "../src/problems.ts";
import { Relay } from "../src/relay.ts";
import { readSettings } from "../src/settings.ts";
import { pino } from "pino";

test("a database that is away is 503, and any other surprise 500 without its message", () => {
  const away = problemOf(Object.assign(new Error("connect ECONNREFUSED 10.0.0.1"), { code: "ECONNREFUSED" }));
  assert.deepEqual([away.status, away.reason], [503, "store-unavailable"]);
  assert.deepEqual([problemOf(new Error("Connection terminated unexpectedly")).status], [503]);
  const surprise = problemOf(new TypeError("secret"));
  assert.deepEqual([surprise.status, surprise.message], [500, "the service failed, and says why in its log"]);
});

test("lists show an address so that only its owner knows it", () => {
  assert.equal(shortened("ada@example.com"), "a…@example.com");
});

test("a setting out of bounds is named with what is allowed", () => {
  assert.throws(() => readSettings({ PORT: "70000" }), /PORT must be a whole number from 1 to 65535, got "70000"/);
  assert.throws(
    () => readSettings({ NODE_ENV: "prod" }),
    /NODE_ENV must be one of production, development, test, got "prod"/,
  );
});

test("the relay goes on after a failure, and a wake during its work is not lost", async () => {
  let calls = 0;
  await new Promise<void>((resolve) => {
    const relay: Relay = new Relay(pino({ level: "silent" }), async () => {
      calls += 1;
      if (calls === 1) throw new Error("the queue is away");
      if (calls === 2) relay.wake();
      if (calls === 3) void relay.stop().then(resolve);
      return 0;
    });
  });
  assert.equal(calls, 3);
});
