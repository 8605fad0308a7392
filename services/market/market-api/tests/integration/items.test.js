import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { BICYCLE, eventually, fakeAws, freshDatabase, newcomer, serve } from "./harness.js";

/** Two tasks of one service: one database, one cache. @type {Awaited<ReturnType<typeof serve>>[]} */
let tasks;
/** @type {Awaited<ReturnType<typeof freshDatabase>>} */
let database;
/** @type {Awaited<ReturnType<typeof fakeAws>>} */
let aws;
/** @type {Awaited<ReturnType<typeof newcomer>>} */
let ada;

before(async () => {
  aws = await fakeAws();
  database = await freshDatabase();
  const shared = { DATABASE_URL: database.url, CACHE_PREFIX: `test-${process.pid}-${Date.now()}` };
  tasks = [await serve(shared), await serve(shared)];
  ada = await newcomer(one().call);
});
after(async () => {
  await Promise.all(tasks.map((task) => task.stop()));
  aws.close();
  await database.drop();
});

const one = () => /** @type {Awaited<ReturnType<typeof serve>>} */ (tasks[0]);
const other = () => /** @type {Awaited<ReturnType<typeof serve>>} */ (tasks[1]);
const allTold = () => eventually(async () => (await database.query("SELECT FROM outbox")).length === 0);
const offer = async (/** @type {string} */ title) =>
  (await one().call("POST", "/v1/items", { token: ada.token, body: { ...BICYCLE, title } })).json;

test("an item is offered, found, changed and taken back by its owner", async () => {
  const made = await one().call("POST", "/v1/items", {
    token: ada.token,
    body: { title: "Lamp", priceCents: 999, currency: "USD" },
  });
  assert.equal(made.status, 201);
  assert.equal(made.headers.get("location"), `/v1/items/${made.json.id}`);
  assert.deepEqual(
    { ...made.json, id: "", createdAt: "", updatedAt: "" },
    {
      id: "",
      title: "Lamp",
      description: "",
      priceCents: 999,
      currency: "USD",
      owner: ada.id,
      createdAt: "",
      updatedAt: "",
    },
  );
  const path = `/v1/items/${made.json.id}`;
  assert.deepEqual((await one().call("GET", path)).json, made.json);
  const changed = await one().call("PATCH", path, { token: ada.token, body: { priceCents: 500 } });
  assert.deepEqual([changed.status, changed.json.title, changed.json.priceCents], [200, "Lamp", 500]);
  assert.equal((await one().call("DELETE", path, { token: ada.token })).status, 204);
  assert.equal((await one().call("GET", path)).status, 404);
});

test("nobody else may change or take an item, and nobody without a token offers one", async () => {
  const { id } = await offer("Mine");
  const bob = await newcomer(one().call);
  assert.equal(
    (await one().call("PATCH", `/v1/items/${id}`, { token: bob.token, body: { title: "His" } })).status,
    403,
  );
  assert.equal((await one().call("DELETE", `/v1/items/${id}`, { token: bob.token })).status, 403);
  const anonymous = await one().call("POST", "/v1/items", { body: BICYCLE });
  assert.deepEqual([anonymous.status, anonymous.headers.get("www-authenticate")], [401, "Bearer"]);
  assert.equal((await one().call("GET", `/v1/items/${id}`)).json.title, "Mine");
});

test("pages hold every item once, newest first", async () => {
  const offered = [];
  for (const number of [1, 2, 3, 4, 5]) offered.push((await offer(`Page ${number}`)).id);
  const seen = [];
  let path = "/v1/items?limit=2";
  for (;;) {
    const { items, nextCursor } = (await one().call("GET", path)).json;
    assert.ok(items.length <= 2);
    seen.push(...items.map((/** @type {any} */ { id }) => id));
    if (nextCursor === null) break;
    path = `/v1/items?limit=2&cursor=${nextCursor}`;
  }
  assert.deepEqual(seen.slice(0, 5), offered.toReversed());
  assert.equal(new Set(seen).size, seen.length);
  const [{ count }] = await database.query("SELECT count(*)::integer AS count FROM items");
  assert.equal(seen.length, count);
});

test("a read is answered from the cache, and a change through one task is seen at once through the other", async () => {
  const { id } = await offer("Before");
  // The relay says of every change once more that the cache is old: it must have said so of this one.
  await allTold();
  const path = `/v1/items/${id}`;
  await other().call("GET", path);
  await other().call("GET", "/v1/items");
  // Behind the service's back: only a cached answer still has the old title.
  await database.query("UPDATE items SET title = 'Unseen' WHERE id = $1", [id]);
  assert.equal((await other().call("GET", path)).json.title, "Before");
  assert.equal((await other().call("GET", "/v1/items")).json.items[0].title, "Before");

  await one().call("PATCH", path, { token: ada.token, body: { title: "After" } });
  assert.equal((await other().call("GET", path)).json.title, "After");
  assert.equal((await other().call("GET", "/v1/items")).json.items[0].title, "After");
});

test("each change leaves one event with the caller's request id and trace, and the outbox empties", async () => {
  const traceparent = "00-11112222333344445555666677778888-1111222233334444-01";
  const made = await one().call("POST", "/v1/items", {
    token: ada.token,
    body: { ...BICYCLE, title: "Told" },
    headers: { "x-request-id": "told.1", traceparent },
  });
  assert.equal(made.headers.get("x-request-id"), "told.1");
  const path = `/v1/items/${made.json.id}`;
  await one().call("PATCH", path, { token: ada.token, body: { priceCents: 1 } });
  await one().call("DELETE", path, { token: ada.token });
  const mine = () => aws.state.messages.filter(({ subject }) => subject === made.json.id);
  await eventually(() => mine().length >= 3);
  // Two tasks hand over side by side: which arrives first is not promised.
  const told = mine()
    .map(({ type, actor, summary }) => ({ type, actor, summary }))
    .sort((left, right) => left.type.localeCompare(right.type));
  assert.deepEqual(told, [
    { type: "item.created", actor: ada.id, summary: 'offered "Told" for 120.00 EUR' },
    { type: "item.deleted", actor: ada.id, summary: 'took back "Told"' },
    { type: "item.updated", actor: ada.id, summary: 'changed "Told", now 0.01 EUR' },
  ]);
  const created = mine().find(({ type }) => type === "item.created");
  assert.equal(created.requestId, "told.1");
  assert.equal(created.traceparent.split("-")[1], "11112222333344445555666677778888");
  await allTold();
  assert.equal(new Set(aws.state.messages.map(({ id }) => id)).size, aws.state.messages.length);
});

test("a queue that is away loses no event", async () => {
  await allTold();
  aws.state.queueIsAway = true;
  const { id } = await offer("Waits");
  await eventually(() =>
    one()
      .log.concat(other().log)
      .some((line) => line.includes("events wait")),
  );
  assert.equal((await database.query("SELECT FROM outbox")).length, 1);
  aws.state.queueIsAway = false;
  await eventually(() => aws.state.messages.some(({ subject }) => subject === id));
  await allTold();
});
