import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { decodeJwt, decodeProtectedHeader } from "jose";

import { fakeAws, freshDatabase, newcomer, serve } from "./harness.js";

/** @type {Awaited<ReturnType<typeof serve>>} */
let service;
/** @type {Awaited<ReturnType<typeof freshDatabase>>} */
let database;
/** @type {Awaited<ReturnType<typeof fakeAws>>} */
let aws;

before(async () => {
  aws = await fakeAws();
  database = await freshDatabase();
  service = await serve({ DATABASE_URL: database.url });
});
after(async () => {
  await service.stop();
  aws.close();
  await database.drop();
});

const password = "correct horse battery";

test("an account is made once, whatever the letters' case of its address", async () => {
  const made = await service.call("POST", "/v1/users", { body: { email: "Ada@Example.com", password } });
  assert.equal(made.status, 201);
  assert.deepEqual(Object.keys(made.json), ["id", "email", "createdAt"]);
  assert.equal(made.json.email, "ada@example.com");
  const again = await service.call("POST", "/v1/users", { body: { email: "ada@EXAMPLE.com", password } });
  assert.equal(again.status, 409);
  assert.equal(again.headers.get("content-type"), "application/problem+json; charset=utf-8");
});

test("the database keeps an argon2id digest and no refresh token", async () => {
  const { email, refreshToken } = await newcomer(service.call);
  const [user] = await database.query("SELECT password_digest FROM users WHERE email = $1", [email]);
  assert.match(user.password_digest, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  const tokens = await database.query("SELECT encode(digest, 'escape') AS kept FROM refresh_tokens");
  assert.equal(
    tokens.some(({ kept }) => kept.includes(refreshToken)),
    false,
  );
});

test("a session's access token says who, for whom, how long and what for", async () => {
  const { id, email, token } = await newcomer(service.call);
  const claims = decodeJwt(token);
  assert.deepEqual(
    { sub: claims.sub, email: claims["email"], iss: claims.iss, aud: claims.aud, scope: claims["scope"] },
    { sub: id, email, iss: "http://market.test", aud: "market", scope: "tasks:write items:write" },
  );
  assert.equal(Number(claims.exp) - Number(claims.iat), 900);
  const keySet = (await service.call("GET", "/.well-known/jwks.json")).json;
  assert.deepEqual(decodeProtectedHeader(token), { alg: "RS256", kid: keySet.keys[0].kid, typ: "JWT" });
  assert.deepEqual(Object.keys(keySet.keys[0]), ["kty", "kid", "use", "alg", "n", "e"]);
  assert.equal((await service.call("GET", "/v1/users/me", { token })).json.id, id);
});

test("a wrong password and an unknown address get the same answer", async () => {
  const { email } = await newcomer(service.call);
  const wrong = await service.call("POST", "/v1/sessions", { body: { email, password: "not the password" } });
  const unknown = await service.call("POST", "/v1/sessions", { body: { email: "nobody@example.com", password } });
  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  assert.deepEqual({ ...wrong.json, requestId: "" }, { ...unknown.json, requestId: "" });
});

test("each refresh token works once, and one that comes twice ends its session", async () => {
  const { refreshToken: first } = await newcomer(service.call);
  const next = await service.call("POST", "/v1/sessions/refresh", { body: { refreshToken: first } });
  assert.equal(next.status, 200);
  assert.notEqual(next.json.refreshToken, first);
  assert.equal((await service.call("GET", "/v1/users/me", { token: next.json.accessToken })).status, 200);

  assert.equal((await service.call("POST", "/v1/sessions/refresh", { body: { refreshToken: first } })).status, 401);
  const family = await service.call("POST", "/v1/sessions/refresh", { body: { refreshToken: next.json.refreshToken } });
  assert.equal(family.status, 401);
  const reasons = await database.query("SELECT revoked_because FROM sessions WHERE revoked_at IS NOT NULL");
  assert.deepEqual(reasons, [{ revoked_because: "token used twice" }]);
});

test("of two uses of one refresh token at the same moment one wins", async () => {
  const { refreshToken } = await newcomer(service.call);
  const answers = await Promise.all(
    [1, 2].map(() => service.call("POST", "/v1/sessions/refresh", { body: { refreshToken } })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 401]);
});

test("signing out ends that session and no other", async () => {
  const here = await newcomer(service.call);
  const there = (await service.call("POST", "/v1/sessions", { body: { email: here.email, password: here.password } }))
    .json;
  assert.equal((await service.call("DELETE", "/v1/sessions", { token: here.token })).status, 204);
  const refresh = (/** @type {string} */ refreshToken) =>
    service.call("POST", "/v1/sessions/refresh", { body: { refreshToken } });
  assert.equal((await refresh(here.refreshToken)).status, 401);
  assert.equal((await refresh(there.refreshToken)).status, 200);
});

test("no password and no token is in the log", async () => {
  const { token, refreshToken } = await newcomer(service.call);
  await service.call("POST", "/v1/sessions", {
    body: { email: "x@example.com", password: "a secret nobody may read" },
  });
  const log = service.log.join("");
  for (const secret of [token, refreshToken, password, "a secret nobody may read", "PRIVATE KEY"]) {
    assert.equal(log.includes(secret), false);
  }
});

test("what was asked is measured by its route, not by its path", async () => {
  const { token } = await newcomer(service.call);
  await service.call("GET", "/v1/users/me", { token });
  await service.call("GET", "/v1/items/c0a8f6de-5a5e-4a0e-9a51-0d8d4b7b6e33");
  const { text } = await service.call("GET", "/metrics");
  assert.match(text, /http_request_duration_seconds_count\{method="GET",route="\/v1\/items\/:id",status="404"\} 1/);
  assert.match(text, /http_request_duration_seconds_bucket\{le="0.5",method="POST",route="\/v1\/users",status="201"\}/);
  assert.doesNotMatch(text, /c0a8f6de/);
});
