import assert from "node:assert/strict";
import { after, test } from "node:test";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { pino } from "pino";
import { createApp } from "../src/app.ts";
import { createMetrics } from "../src/platform/metrics.ts";
import type { Tables } from "../src/tables.ts";

/** A store without a row, which is enough for requests that never reach one. */
const EMPTY = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (store) => new PostgresIntrospector(store),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const PRODUCT = "0b9c8f6e-0000-4000-8000-000000000001";
const ORDER = { productId: PRODUCT, quantity: 1, email: "ada@example.com" };

const checks: Record<string, () => Promise<unknown>> = { database: async () => undefined };
const metrics = createMetrics();
const app = await createApp({ store: EMPTY, log: pino({ level: "silent" }), metrics, placed: () => undefined, checks });
after(() => app.close());

async function post(payload: unknown, headers: Record<string, string> = {}) {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const answer = await app.inject({
    method: "POST",
    url: "/api/orders",
    headers: { "content-type": "application/json", ...headers },
    payload: body,
  });
  const problem: Record<string, unknown> = answer.json();
  return { problem, type: answer.headers["content-type"], text: answer.body };
}

const BAD: [what: string, body: unknown, status: number, pointers: string[]][] = [
  ["no JSON", "{", 400, []],
  ["an empty body", "", 400, []],
  ["a body that is no object", "[]", 400, ["/body"]],
  ["text for a number", { ...ORDER, quantity: "1" }, 400, ["/body/quantity"]],
  ["half a piece", { ...ORDER, quantity: 1.5 }, 400, ["/body/quantity"]],
  ["no piece", { ...ORDER, quantity: 0 }, 400, ["/body/quantity"]],
  ["a missing field", { productId: PRODUCT, quantity: 1 }, 400, ["/body"]],
  ["a field too many", { ...ORDER, status: "fulfilled" }, 400, ["/body"]],
  ["a second mail header", { ...ORDER, email: "ada@example.com\r\nBcc: eve@example.com" }, 400, ["/body/email"]],
  ["two addresses", { ...ORDER, email: "ada@example.com,eve@example.com" }, 400, ["/body/email"]],
  ["SQL for an id", { ...ORDER, productId: "1'; DROP TABLE orders; --" }, 400, ["/body/productId"]],
  ["a NUL in the note", { ...ORDER, note: "a\u0000b" }, 400, ["/body/note", "/body/note", "/body/note"]],
  ["more than 16 KiB", { ...ORDER, note: "x".repeat(20_000) }, 413, []],
  ["an unknown product", ORDER, 422, ["/body/productId"]],
];
for (const [what, body, status, pointers] of BAD) {
  test(`${what} is refused with ${status} as a problem document`, async () => {
    const { problem, type, text } = await post(body);
    assert.equal(problem["status"], status);
    assert.match(String(type), /^application\/problem\+json/);
    assert.deepEqual(
      ((problem["errors"] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer),
      pointers,
    );
    assert.doesNotMatch(text, /node_modules|at .*\.(ts|js):/);
  });
}

test("another media type is refused with 415", async () => {
  assert.equal(
    (await post("productId=1", { "content-type": "application/x-www-form-urlencoded" })).problem["status"],
    415,
  );
});

test("unknown paths and orders are 404, each with its reason", async () => {
  const reasons = await Promise.all(
    ["/api/nothing", `/api/orders/${PRODUCT}`, `/api/products/${PRODUCT}`].map(async (url) => {
      const answer = await app.inject({ url });
      return [answer.statusCode, answer.json<{ reason: string }>().reason];
    }),
  );
  assert.deepEqual(reasons, [
    [404, "not-found"],
    [404, "unknown-order"],
    [404, "unknown-product"],
  ]);
});

test("a request id is kept when it can be one, and made anew when it would break a log line", async () => {
  const given = await app.inject({ url: "/healthz", headers: { "x-request-id": "abc-12345" } });
  assert.equal(given.headers["x-request-id"], "abc-12345");
  const made = await app.inject({ url: "/healthz", headers: { "x-request-id": 'a" injected' } });
  assert.match(String(made.headers["x-request-id"]), /^[0-9a-f-]{36}$/);
});

test("it is ready only while its servers answer, and alive even then", async () => {
  checks["database"] = async () => {
    throw new Error("password of the database: hunter2");
  };
  const answer = await app.inject({ url: "/readyz" });
  delete checks["database"];
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.headers["retry-after"], "2");
  assert.doesNotMatch(answer.body, /hunter2/);
  assert.equal((await app.inject({ url: "/healthz" })).statusCode, 200);
});

test("the OpenAPI document names every route with its methods", async () => {
  const { openapi, paths } = (await app.inject({ url: "/api/openapi.json" })).json<{
    openapi: string;
    paths: Record<string, object>;
  }>();
  assert.equal(openapi, "3.1.0");
  assert.deepEqual(
    Object.fromEntries(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods).sort()])),
    {
      "/api/products": ["get", "post"],
      "/api/products/{id}": ["delete", "get", "patch"],
      "/api/orders": ["get", "post"],
      "/api/orders/{id}": ["delete", "get", "patch"],
    },
  );
});

test("requests are measured by their route, and the measurements are no part of the API", async () => {
  await app.inject({ url: `/api/orders/${PRODUCT}`, headers: { traceparent: "00-x-y-01" } });
  await app.inject("/nowhere");
  const answer = await app.inject("/metrics");
  assert.match(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  assert.match(answer.body, /^http_request_duration_seconds_count\{method="GET",route="\/api\/orders\/:id",status="404"\} [1-9]/m);
  assert.match(answer.body, /^http_request_duration_seconds_count\{method="GET",route="none",status="404"\} [1-9]/m);
  assert.match(answer.body, /^process_cpu_seconds_total /m);
  const document = (await app.inject("/api/openapi.json")).json<{ paths: object }>();
  assert.ok(!Object.keys(document.paths).includes("/metrics"));
});
