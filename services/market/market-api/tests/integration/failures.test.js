import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { createClient } from "@redis/client";

import {
  administer,
  BICYCLE,
  CACHE_URL,
  eventually,
  fakeAws,
  freshDatabase,
  newcomer,
  receiver,
  serve,
} from "./harness.js";

/** @type {Awaited<ReturnType<typeof fakeAws>>} */
let aws;
/** @type {Awaited<ReturnType<typeof freshDatabase>>} */
let database;

before(async () => {
  aws = await fakeAws();
});
beforeEach(async (context) => {
  database = await freshDatabase();
  /** @type {import("node:test").TestContext} */ (context).after(() => database.drop());
});
after(() => aws.close());

test("connections that Postgres ends are replaced, and what waits is answered", async (context) => {
  const service = await serve({ DATABASE_URL: database.url });
  context.after(() => service.stop());
  const { token } = await newcomer(service.call);
  await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database.name}'`);
  await eventually(async () => (await service.call("POST", "/v1/items", { token, body: BICYCLE })).status === 201);
  await eventually(async () => (await service.call("GET", "/readyz")).status === 200);
});

test("a database that is away is 503 with Retry-After, and not ready, while the process is alive", async (context) => {
  const away = new URL(database.url);
  away.port = "1";
  const service = await serve({ DATABASE_URL: away.href });
  context.after(() => service.stop());
  const answer = await service.call("GET", "/v1/items");
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "5"]);
  assert.equal(answer.json.detail, "the database does not answer, try again soon");
  // Until the cache is connected, which takes a moment, it is named as well.
  const ready = await eventually(async () => {
    const { status, json } = await service.call("GET", "/readyz");
    return !json.status.includes("cache") && { status, text: json.status };
  });
  assert.deepEqual(ready, { status: 503, text: "not ready: database" });
  assert.equal((await service.call("GET", "/healthz")).status, 200);
});

test("a password that was rotated is read again when the login fails", async (context) => {
  const role = `role_${randomUUID().replaceAll("-", "")}`;
  await administer(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
  await database.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
  const address = new URL(database.url);
  const document = {
    engine: "postgres",
    host: address.hostname,
    port: Number(address.port),
    dbname: database.name,
    username: role,
  };
  aws.state.secrets["arn:database"] = { ...document, password: "outdated" };
  const service = await serve({ DATABASE_SECRET_ARN: "arn:database" });
  context.after(async () => {
    await service.stop();
    // Its database is gone by now, and with it all that the role owned.
    await administer(`DROP ROLE ${role}`);
  });
  assert.equal((await service.call("GET", "/v1/items")).status, 503);
  aws.state.secrets["arn:database"] = { ...document, password: "first" };
  await eventually(async () => (await service.call("GET", "/v1/items")).status === 200);

  await administer(`ALTER ROLE ${role} PASSWORD 'second'`);
  aws.state.secrets["arn:database"] = { ...document, password: "second" };
  await administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database.name}'`);
  await eventually(async () => (await service.call("GET", "/v1/users/me", { token: "x" })).status === 401);
  await eventually(async () => (await service.call("GET", `/v1/items/${randomUUID()}`)).status === 404);
});

/** A door to Redis that can be shut: connections through it are cut. */
async function doorToCache() {
  const { hostname, port } = new URL(CACHE_URL);
  /** @type {Set<import("node:net").Socket>} */
  const open = new Set();
  const state = { shut: false };
  const server = createServer((socket) => {
    if (state.shut) return socket.destroy();
    const through = connect(Number(port), hostname);
    for (const [from, to] of [
      [socket, through],
      [through, socket],
    ]) {
      const [source, target] = /** @type {import("node:net").Socket[]} */ ([from, to]);
      open.add(/** @type {any} */ (source));
      source?.pipe(/** @type {any} */ (target)).on("error", () => {});
      source?.on("error", () => {}).on("close", () => target?.destroy());
    }
    return undefined;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `redis://127.0.0.1:${bound.port}`,
    shut() {
      state.shut = true;
      for (const socket of open) socket.destroy();
    },
    open: () => void (state.shut = false),
    close() {
      this.shut();
      server.close();
    },
  };
}

test("a cache password that was rotated is read again when the login fails", async (context) => {
  const user = `user-${randomUUID()}`;
  const { hostname, port } = new URL(CACHE_URL);
  const document = { host: hostname, port: Number(port), username: user, tls: false };
  const admin = createClient({ url: CACHE_URL });
  await admin.connect();
  await admin.sendCommand(["ACL", "SETUSER", user, "on", ">first", "~*", "&*", "+@all"]);
  aws.state.secrets["arn:cache"] = { ...document, password: "first" };
  const service = await serve({ DATABASE_URL: database.url, CACHE_URL: "", CACHE_SECRET_ARN: "arn:cache" });
  context.after(async () => {
    await service.stop();
    await admin.sendCommand(["ACL", "DELUSER", user]);
    admin.destroy();
  });
  await eventually(async () => (await service.call("GET", "/readyz")).status === 200);
  await admin.sendCommand(["ACL", "SETUSER", user, "resetpass", ">second"]);
  aws.state.secrets["arn:cache"] = { ...document, password: "second" };
  await admin.sendCommand(["CLIENT", "KILL", "USER", user]);
  await eventually(() => service.log.some((line) => line.includes("WRONGPASS")));
  await eventually(async () => (await service.call("GET", "/readyz")).status === 200);
});

test("without its cache the service reads from the database, and finds the cache again by itself", async (context) => {
  const door = await doorToCache();
  const service = await serve({ DATABASE_URL: database.url, CACHE_URL: door.url, RATE_LIMIT_PER_MINUTE: "100000" });
  context.after(async () => {
    await service.stop();
    door.close();
  });
  const { token } = await newcomer(service.call);
  await eventually(async () => (await service.call("GET", "/readyz")).status === 200);
  door.shut();
  assert.equal((await service.call("POST", "/v1/items", { token, body: BICYCLE })).status, 201);
  assert.equal((await service.call("GET", "/v1/items")).json.items[0].title, "Bicycle");
  assert.equal((await service.call("GET", "/readyz")).json.status, "not ready: cache");
  door.open();
  await eventually(async () => (await service.call("GET", "/readyz")).status === 200);
});

test("too many sign-ins from one address are refused by all tasks together, with the time to wait", async (context) => {
  const shared = {
    DATABASE_URL: database.url,
    CACHE_PREFIX: `test-${randomUUID()}`,
    SESSION_RATE_LIMIT_PER_MINUTE: "4",
  };
  const tasks = [await serve(shared), await serve(shared)];
  context.after(() => Promise.all(tasks.map((task) => task.stop())));
  const answers = [];
  // Twice the limit and one, so that it is passed even when a minute ends in between.
  for (let tries = 0; tries < 9; tries += 1) {
    const call = /** @type {any} */ (tasks[tries % 2]).call;
    answers.push(await call("POST", "/v1/sessions", { body: { email: "a@example.com", password: "wrong" } }));
  }
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 1 && answers.every(({ status }) => status === 401 || status === 429));
  const wait = Number(refused[0].headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60);
  // Another address in front of the trusted proxy is another caller.
  const other = await /** @type {any} */ (tasks[0]).call("POST", "/v1/sessions", {
    body: { email: "a@example.com", password: "wrong" },
    headers: { "x-forwarded-for": "198.51.100.7" },
  });
  assert.equal(other.status, 401);
});

test("behind a gateway the address that the gateway says is the caller's", async (context) => {
  const task = await serve({
    DATABASE_URL: database.url,
    CACHE_PREFIX: `test-${randomUUID()}`,
    SESSION_RATE_LIMIT_PER_MINUTE: "4",
    CLIENT_ADDRESS_HEADER: "X-Client-IP",
  });
  context.after(() => task.stop());
  /** @param {string} address */
  const signIn = async (address) =>
    /** @type {any} */ (task).call("POST", "/v1/sessions", {
      body: { email: "a@example.com", password: "wrong" },
      headers: { "x-client-ip": address, "x-forwarded-for": "10.10.0.5" },
    });
  const statuses = [];
  for (let tries = 0; tries < 9; tries += 1) statuses.push((await signIn("198.51.100.8")).status);
  assert.ok(statuses.includes(429));
  assert.equal((await signIn("198.51.100.9")).status, 401);
});

test("an error that nobody foresaw reaches the error tracker, and its caller learns an id", async (context) => {
  /** @type {string[]} */
  const envelopes = [];
  const tracker = await receiver((_request, body) => {
    envelopes.push(body.toString());
    return {};
  });
  const service = await serve({ DATABASE_URL: database.url, SENTRY_DSN: tracker.url.replace("//", "//key@") + "/1" });
  context.after(async () => {
    await service.stop();
    tracker.close();
  });
  await database.query("ALTER TABLE items RENAME TO elsewhere");
  const answer = await service.call("GET", "/v1/items", { headers: { "x-request-id": "unforeseen.1" } });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /items|relation|\.js/);
  await eventually(() => envelopes.length > 0);
  assert.match(String(envelopes[0]), /relation \\"items\\" does not exist/);
  assert.match(String(envelopes[0]), /"requestId":"unforeseen.1"/);
});

test("a process that is told to stop ends its spans' journey, and exits with 0", async (context) => {
  /** @type {any[]} */
  const spans = [];
  const collector = await receiver((_request, body) => {
    const sent = JSON.parse(body.toString());
    spans.push(
      ...sent.resourceSpans.flatMap((/** @type {any} */ { scopeSpans }) =>
        scopeSpans.flatMap((/** @type {any} */ scope) => scope.spans),
      ),
    );
    return {};
  });
  const signingKey = join(tmpdir(), `market-api-${randomUUID()}.json`);
  context.after(() => rm(signingKey, { force: true }));
  const process_ = spawn(process.execPath, ["src/index.js"], {
    cwd: new URL("../..", import.meta.url),
    env: {
      ...process.env,
      PORT: "0",
      DATABASE_URL: database.url,
      CACHE_URL,
      CACHE_PREFIX: `test-${randomUUID()}`,
      SIGNING_KEY_FILE: signingKey,
      TOKEN_ISSUER: "http://market.test",
      EVENTS_QUEUE_URL: `${aws.url}/000000000000/events`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
  });
  context.after(() => {
    process_.kill("SIGKILL");
    collector.close();
  });
  let log = "";
  process_.stdout.on("data", (chunk) => (log += chunk));
  const address = await eventually(() => /"address":"([^"]+)"/.exec(log)?.[1]);
  const traceId = "aaaabbbbccccddddeeeeffff00001111";
  await fetch(`${address}/v1/items`, { headers: { traceparent: `00-${traceId}-aaaabbbbccccdddd-01` } });
  const ended = once(process_, "exit");
  process_.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
  assert.match(log, /"message":"stopped"/);
  assert.match(log, new RegExp(`"traceId":"${traceId}".*"path":"/v1/items","status":200`));
  const own = spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
  assert.deepEqual(own.sort(), ["GET /v1/items", "database query"]);
});
