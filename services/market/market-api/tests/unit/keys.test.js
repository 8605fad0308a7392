import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { KeyRing, signingKeySource } from "../../src/utils/keys.js";
import { passwordMatches, digestPassword } from "../../src/utils/passwords.js";
import { remembered } from "../../src/utils/secrets.js";
import { Tokens } from "../../src/utils/tokens.js";
import { keyDocument, testTokens } from "./keys.js";

const USER = { id: "c0a8f6de-5a5e-4a0e-9a51-0d8d4b7b6e33", email: "ada@example.com" };

test("of several first starts at once all sign with one key, which only its owner may read", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "keys-"));
  context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "signing-key.json");
  const read = signingKeySource({ SIGNING_KEY_FILE: path, SIGNING_KEY_SECRET_ARN: undefined, NODE_ENV: "test" });
  const documents = await Promise.all([read(), read(), read()]);
  assert.equal(new Set(documents.map(({ kid }) => kid)).size, 1);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test("a key set holds public halves only", async () => {
  const { keys } = await testTokens();
  assert.deepEqual(Object.keys(/** @type {object} */ (keys.keySet().keys[0])), ["kty", "kid", "use", "alg", "n", "e"]);
});

test("a key that is too short is refused", async () => {
  const ring = new KeyRing(async () => keyDocument(1024));
  await assert.rejects(ring.load(), /2048 bits/);
});

test("after a rotation both keys are believed, the new one by tasks that had not seen it as well", async () => {
  const documents = [keyDocument(), keyDocument()];
  let time = 0;
  let newest = 0;
  const ring = () =>
    new KeyRing(
      async () => /** @type {any} */ (documents[newest]),
      () => time,
    );
  const [old, fresh] = [ring(), ring()];
  await old.load();
  newest = 1;
  await fresh.load();
  const names = { issuer: "http://market.test", audience: "market" };
  const before = await new Tokens(old, names).issue(USER, "s");
  const after = await new Tokens(fresh, names).issue(USER, "s");
  const tokens = new Tokens(old, names);
  await assert.rejects(tokens.verify(after), /not valid/);
  time = 31_000;
  assert.equal((await tokens.verify(after)).userId, USER.id);
  assert.equal((await tokens.verify(before)).userId, USER.id);
  assert.equal(old.keySet().keys.length, 2);
});

test("a password is compared even when there is no account", async () => {
  const digest = await digestPassword("right");
  assert.equal(await passwordMatches("right", digest), true);
  assert.equal(await passwordMatches("wrong", digest), false);
  assert.equal(await passwordMatches("nobody's password", undefined), false);
});

test("a secret is read once, again when it was refused, and not more often than every second", async () => {
  let reads = 0;
  let time = 0;
  const read = remembered(
    async () => (reads += 1),
    () => time,
  );
  assert.deepEqual(await Promise.all([read(), read()]), [1, 1]);
  assert.equal(await read({ again: true }), 1);
  time = 1_000;
  assert.deepEqual(await Promise.all([read({ again: true }), read({ again: true })]), [2, 2]);
});

test("a secret that could not be read is asked for again", async () => {
  let reads = 0;
  const read = remembered(async () => {
    reads += 1;
    if (reads === 1) throw new Error("away");
    return "value";
  });
  await assert.rejects(read(), /away/);
  assert.equal(await read(), "value");
});
