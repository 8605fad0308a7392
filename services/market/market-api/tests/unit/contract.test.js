import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { decodeJwt } from "jose";

import { addEvent } from "../../src/models/outbox.js";
import { requestContext } from "../../src/utils/context.js";
import { openApiDocument } from "../../src/utils/openapi.js";
import { testTokens } from "./keys.js";

/** @param {string} name */
const contract = async (name) =>
  JSON.parse(await readFile(new URL(`../../../contracts/${name}`, import.meta.url), "utf8"));

/** @param {string} name @param {unknown} value */
async function errorsOf(name, value) {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  /** @type {any} */ (formats)(ajv);
  const check = ajv.compile(await contract(name));
  return check(value) ? [] : check.errors;
}

test("the live OpenAPI document is the one that consumers were promised", async () => {
  assert.deepEqual(JSON.parse(JSON.stringify(openApiDocument())), await contract("market-api.openapi.json"));
});

test("every reference in the document leads somewhere, and every operation has an id of its own", () => {
  const document = /** @type {any} */ (openApiDocument());
  const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(
    [...new Set(names)].filter((name) => !(String(name) in document.components.schemas)),
    [],
  );
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(/** @type {any} */ (path)).map(({ operationId }) => operationId),
  );
  assert.equal(ids.length, 14);
  assert.equal(new Set(ids).size, 14);
});

test("an access token holds what its consumers were promised", async () => {
  const { tokens } = await testTokens();
  const token = await tokens.issue(
    { id: "c0a8f6de-5a5e-4a0e-9a51-0d8d4b7b6e33", email: "ada@example.com" },
    "7a1c9a52-2b06-4c0c-8a3e-3a0a5a3c9d22",
  );
  assert.deepEqual(await errorsOf("access-token.schema.json", decodeJwt(token)), []);
});

test("an event is written as the worker was promised", async () => {
  /** @type {any[]} */
  const written = [];
  const client = /** @type {any} */ ({
    query: async (/** @type {string} */ _text, /** @type {any[]} */ values) => written.push(values[0]),
  });
  const told = /** @type {const} */ ({
    type: "item.created",
    subject: "7a1c9a52-2b06-4c0c-8a3e-3a0a5a3c9d22",
    actor: "c0a8f6de-5a5e-4a0e-9a51-0d8d4b7b6e33",
    summary: 'offered "Bicycle" for 120.00 EUR',
  });
  await requestContext.run({ requestId: "one.1" }, () => addEvent(client, told));
  assert.equal(written[0].requestId, "one.1");
  assert.deepEqual(await errorsOf("event.schema.json", written[0]), []);
  for (const example of (await contract("event.schema.json")).examples) {
    assert.deepEqual(await errorsOf("event.schema.json", example), []);
  }
});
