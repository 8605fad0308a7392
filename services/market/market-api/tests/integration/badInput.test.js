import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";

import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";

import { BICYCLE, fakeAws, freshDatabase, newcomer, serve } from "./harness.js";

/** @type {Awaited<ReturnType<typeof serve>>} */
let service;
/** @type {Awaited<ReturnType<typeof freshDatabase>>} */
let database;
/** @type {Awaited<ReturnType<typeof fakeAws>>} */
let aws;
/** @type {Awaited<ReturnType<typeof newcomer>>} */
let ada;

before(async () => {
  aws = await fakeAws();
  database = await freshDatabase();
  service = await serve({ DATABASE_URL: database.url });
  ada = await newcomer(service.call);
});
after(async () => {
  await service.stop();
  aws.close();
  await database.drop();
});

const stored = async () => (await database.query("SELECT FROM items")).length;

/** @type {[string, unknown, number, string?][]} */
const BODIES = [
  ["malformed JSON", '{"title": "Bicycle",', 400],
  ["an empty body", "", 422],
  ["a list", [], 422],
  ["null", "null", 422],
  ["a number for a title", { ...BICYCLE, title: 7 }, 422, "title"],
  ["a text for a price", { ...BICYCLE, priceCents: "12000" }, 422, "priceCents"],
  ["half a cent", { ...BICYCLE, priceCents: 0.5 }, 422, "priceCents"],
  ["a price below nothing", { ...BICYCLE, priceCents: -1 }, 422, "priceCents"],
  ["a price beyond the column", { ...BICYCLE, priceCents: 2 ** 31 }, 422, "priceCents"],
  ["a currency that is none", { ...BICYCLE, currency: "XXX" }, 422, "currency"],
  ["a title of blanks", { ...BICYCLE, title: " \u00a0\t" }, 422, "title"],
  ["a title with a line end", { ...BICYCLE, title: "Bicycle\r\nSet-Cookie: a=b" }, 422, "title"],
  ["a text with a NUL", { ...BICYCLE, description: "a\u0000b" }, 422, "description"],
  ["a title that is too long", { ...BICYCLE, title: "x".repeat(121) }, 422, "title"],
  ["a field that nobody asked for", { ...BICYCLE, owner: "00000000-0000-4000-8000-000000000000" }, 422, ""],
  ["a prototype", '{"__proto__": {"admin": true}, "title": "Bicycle", "priceCents": 1, "currency": "EUR"}', 422, ""],
  ["17 KiB", { ...BICYCLE, description: "x".repeat(17 * 1024) }, 413],
];

for (const [name, body, status, path] of BODIES) {
  test(`${name} is refused with ${status} and nothing is stored`, async () => {
    const before = await stored();
    const answer = await service.call("POST", "/v1/items", { token: ada.token, body });
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers.get("content-type"), "application/problem+json; charset=utf-8");
    assert.deepEqual(Object.keys(answer.json), ["type", "title", "status", "detail", "requestId", "errors"]);
    assert.equal(answer.json.requestId, answer.headers.get("x-request-id"));
    if (path !== undefined)
      assert.deepEqual(
        answer.json.errors.map((/** @type {any} */ error) => error.path),
        [path],
      );
    assert.doesNotMatch(answer.text, /\bat .*\.js|node_modules|SELECT|INSERT/);
    assert.equal(await stored(), before);
  });
}

test("a body that is not JSON by its type is refused", async () => {
  const headers = { "content-type": "text/plain" };
  assert.equal(
    (await service.call("POST", "/v1/items", { token: ada.token, body: "title=Bicycle", headers })).status,
    415,
  );
});

test("SQL in a value stays a value, and in an id or a query it is refused", async () => {
  const title = "Robert'); DROP TABLE items; --";
  const made = await service.call("POST", "/v1/items", { token: ada.token, body: { ...BICYCLE, title } });
  assert.equal(made.json.title, title);
  assert.equal((await service.call("GET", `/v1/items/${made.json.id}`)).json.title, title);
  for (const path of [
    "/v1/items/1'%20OR%20'1'='1",
    "/v1/items?cursor=1'%20OR%201=1",
    "/v1/items?limit=1;DROP",
    "/v1/items?limit=0",
    "/v1/items?limit=101",
    "/v1/items?limit=1&limit=2",
    "/v1/items?colour=red",
  ]) {
    assert.equal((await service.call("GET", path)).status, 422, path);
  }
  const sign = await service.call("POST", "/v1/sessions", { body: { email: "' OR 1=1 --", password: "' OR 1=1 --" } });
  assert.equal(sign.status, 401);
  assert.equal(
    (await service.call("POST", "/v1/sessions", { body: { email: "a\u0000@example.com", password: "0123456789" } }))
      .status,
    401,
  );
});

test("a header cannot carry another one into the answer or the log", async () => {
  const answer = await service.call("GET", "/healthz", { headers: { "x-request-id": "a b; <script>" } });
  assert.match(String(answer.headers.get("x-request-id")), /^[0-9a-f-]{36}$/);
  const { port } = new URL(service.address);
  const socket = connect(Number(port), "127.0.0.1");
  socket.end("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\rSet-Cookie: b=c\r\n\r\n");
  let raw = "";
  socket.on("data", (chunk) => (raw += chunk));
  await once(socket, "close");
  assert.match(raw, /^HTTP\/1\.1 400 /);
  assert.doesNotMatch(raw, /set-cookie/i);
});

const encode = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("forged and expired tokens open nothing", async () => {
  const claims = decodeJwt(ada.token);
  const header = decodeProtectedHeader(ada.token);
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sign = (/** @type {any} */ payload, key = stranger.privateKey, kid = header.kid) =>
    new SignJWT(payload).setProtectedHeader({ alg: "RS256", ...(kid === undefined ? {} : { kid }) }).sign(key);
  const [, payload] = ada.token.split(".");
  const { keys } = (await service.call("GET", "/.well-known/jwks.json")).json;
  const signed = `${encode({ alg: "HS256", kid: header.kid })}.${payload}`;
  const own = await import("node:fs/promises").then(async ({ readFile }) =>
    JSON.parse(await readFile(String(service.settings.SIGNING_KEY_FILE), "utf8")),
  );
  const { createPrivateKey } = await import("node:crypto");
  const key = createPrivateKey(own.privateKey);
  const now = Math.floor(Date.now() / 1000);
  /** @type {Record<string, string>} */
  const tokens = {
    "alg none": `${encode({ alg: "none", kid: header.kid })}.${payload}.`,
    "no signature": ada.token.replace(/[^.]*$/, ""),
    "another key": await sign(claims),
    "a key that is not in the set": await sign(claims, stranger.privateKey, "unknown"),
    "the public key as a secret": `${signed}.${createHmac("sha256", keys[0].n).update(signed).digest("base64url")}`,
    "other claims": ada.token.replace(String(payload), encode({ ...claims, sub: "somebody-else" })),
    expired: await sign({ ...claims, iat: now - 2_000, exp: now - 1_000 }, key),
    "without an end": await sign({ ...claims, exp: undefined }, key),
    "another issuer": await sign({ ...claims, iss: "http://other.test" }, key),
    "another audience": await sign({ ...claims, aud: "other" }, key),
    garbage: "a.b.c",
  };
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await service.call("POST", "/v1/items", { token, body: BICYCLE });
    assert.equal(answer.status, 401, name);
    assert.equal(answer.headers.get("www-authenticate"), 'Bearer error="invalid_token"', name);
  }
  const narrow = await sign({ ...claims, scope: "tasks:write" }, key);
  assert.equal((await service.call("POST", "/v1/items", { token: narrow, body: BICYCLE })).status, 403);
});

test("pages that do not exist and methods that a page does not know are named as such", async () => {
  assert.equal((await service.call("GET", "/v1/nothing")).status, 404);
  assert.equal((await service.call("GET", "/v1/items/%E0%A4%A")).status, 400);
  const put = await service.call("PUT", "/v1/items", { token: ada.token, body: BICYCLE });
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "GET, POST"]);
});

test("only listed origins may read answers", async () => {
  const allowed = await service.call("GET", "/v1/items", { headers: { origin: "http://shop.test" } });
  assert.equal(allowed.headers.get("access-control-allow-origin"), "http://shop.test");
  const other = await service.call("GET", "/v1/items", { headers: { origin: "http://evil.test" } });
  assert.equal(other.headers.get("access-control-allow-origin"), null);
  assert.equal(other.headers.get("x-content-type-options"), "nosniff");
  assert.equal(other.headers.get("x-powered-by"), null);
});

test("accounts need an address and a password of 10 characters", async () => {
  const answer = await service.call("POST", "/v1/users", { body: { email: "ada", password: "short" } });
  assert.deepEqual(
    [answer.status, answer.json.errors.map((/** @type {any} */ { path }) => path)],
    [422, ["email", "password"]],
  );
});
