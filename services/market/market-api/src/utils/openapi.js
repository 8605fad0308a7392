/** The OpenAPI document, made from the schemas that check the calls, so that it cannot say anything else. */
import { z } from "zod";

import * as schemas from "../models/schemas.js";

/** @typedef {keyof typeof schemas} SchemaName */
/**
 * @typedef {object} Operation
 * @property {string} summary
 * @property {SchemaName} [body]
 * @property {Record<number, SchemaName | null>} answers null: an answer without a body
 * @property {number[]} [refusals] those that do not follow from what the operation takes
 * @property {boolean} [query] takes a page's limit and cursor
 * @property {boolean} [id] has an id in its path
 * @property {boolean} [token] needs an access token
 */

/** @type {Record<string, Record<string, Operation>>} */
const OPERATIONS = {
  "/v1/users": {
    post: { summary: "Make an account", body: "NewUser", answers: { 201: "User" }, refusals: [409] },
  },
  "/v1/users/me": { get: { summary: "Who the token belongs to", answers: { 200: "User" }, token: true } },
  "/v1/sessions": {
    post: { summary: "Sign in", body: "NewSession", answers: { 201: "Session" }, refusals: [401] },
    delete: { summary: "Sign out: the session's refresh tokens work no longer", answers: { 204: null }, token: true },
  },
  "/v1/sessions/refresh": {
    post: {
      summary: "The next pair of tokens; a refresh token that comes twice ends its session",
      body: "Refresh",
      answers: { 200: "Session" },
      refusals: [401],
    },
  },
  "/v1/items": {
    get: { summary: "Items, newest first, a page at a time", answers: { 200: "ItemList" }, query: true },
    post: { summary: "Offer an item", body: "NewItem", answers: { 201: "Item" }, token: true, refusals: [403] },
  },
  "/v1/items/{id}": {
    get: { summary: "One item", answers: { 200: "Item" }, id: true },
    patch: {
      summary: "Change an item of one's own",
      body: "ItemChange",
      answers: { 200: "Item" },
      id: true,
      token: true,
      refusals: [403],
    },
    delete: {
      summary: "Take an item of one's own back",
      answers: { 204: null },
      id: true,
      token: true,
      refusals: [403],
    },
  },
  "/.well-known/jwks.json": {
    get: { summary: "The public keys that tokens are verified by", answers: { 200: "KeySet" } },
  },
  "/.well-known/openid-configuration": { get: { summary: "Where to find the keys", answers: { 200: "Discovery" } } },
  "/healthz": { get: { summary: "The process serves", answers: { 200: "Health" } } },
  "/readyz": { get: { summary: "Its database and its cache answer", answers: { 200: "Health", 503: "Health" } } },
};

/** @type {SchemaName[]} */
const REQUESTS = ["NewUser", "NewSession", "Refresh", "NewItem", "ItemChange"];
/** @type {SchemaName[]} */
const ANSWERS = ["User", "Session", "Item", "ItemList", "ProblemDocument", "Health", "KeySet", "Discovery"];

/**
 * @param {SchemaName} name
 * @param {"input" | "output"} io
 */
function jsonSchema(name, io) {
  const { $schema: _, ...schema } = z.toJSONSchema(
    /** @type {import("zod").ZodType} */ (/** @type {unknown} */ (schemas[name])),
    { io },
  );
  return schema;
}

/** @param {string} name */
const reference = (name) => ({ $ref: `#/components/schemas/${name}` });

/** @type {Record<number, string>} */
const DESCRIPTIONS = {
  200: "Done",
  201: "Made",
  204: "Done, nothing to say",
  400: "The body is not JSON",
  401: "Not signed in",
  403: "Not allowed to this caller",
  404: "There is no such thing",
  409: "In the way of what is there",
  413: "The body is too large",
  415: "The body is not JSON by its type",
  422: "Not valid, with every reason",
  429: "Too many requests, see Retry-After",
  503: "A store does not answer, try again",
};

/**
 * Which refusals an operation can answer, from what it takes.
 *
 * @param {string} path
 * @param {Operation} operation
 */
function refusals(path, { body, id, query, token, refusals: own = [] }) {
  if (!path.startsWith("/v1/")) return [];
  const from = [429, 503];
  if (body) from.push(400, 413, 415, 422);
  if (id) from.push(404);
  if (id || query) from.push(422);
  if (token) from.push(401);
  return [...new Set([...from, ...own])].sort();
}

/** @param {Operation} operation */
function parameters({ id, query }) {
  const all = [];
  if (id) all.push({ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } });
  if (query) {
    const { limit, cursor } = schemas.Page.shape;
    const { $schema: _, ...limitSchema } = z.toJSONSchema(limit, { io: "output" });
    const { $schema: __, ...cursorSchema } = z.toJSONSchema(cursor, { io: "input" });
    all.push({ name: "limit", in: "query", schema: { ...limitSchema, default: 20 }, description: "how many at most" });
    all.push({ name: "cursor", in: "query", schema: cursorSchema, description: "the nextCursor of the answer before" });
  }
  return all;
}

/**
 * @param {string} path
 * @param {string} method
 * @param {Operation} operation
 */
function describe(path, method, operation) {
  const { summary, body, answers, token } = operation;
  const responses = Object.entries(answers).map(([status, name]) => [
    status,
    {
      description: DESCRIPTIONS[Number(status)],
      ...(name === null ? {} : { content: { "application/json": { schema: reference(name) } } }),
    },
  ]);
  const problems = refusals(path, operation).map((status) => [
    String(status),
    {
      description: DESCRIPTIONS[status],
      content: { "application/problem+json": { schema: reference("ProblemDocument") } },
    },
  ]);
  return {
    operationId: `${method} ${path}`.replace(/[^a-z0-9]+/gi, "-").replace(/-$/, ""),
    summary,
    ...(parameters(operation).length > 0 ? { parameters: parameters(operation) } : {}),
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: reference(body) } } } } : {}),
    ...(token ? { security: [{ bearer: [] }] } : {}),
    responses: Object.fromEntries([...responses, ...problems]),
  };
}

/** @type {Record<string, unknown> | undefined} */
let made;

/** The document, in OpenAPI 3.1. */
export function openApiDocument() {
  const paths = Object.entries(OPERATIONS).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, describe(path, method, operation)]),
    ),
  ]);
  made ??= {
    openapi: "3.1.0",
    info: { title: "market-api", version: "1.0.0", description: "Accounts, sessions and items of Anythink Market." },
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      schemas: Object.fromEntries([
        ...REQUESTS.map((name) => [name, jsonSchema(name, "input")]),
        ...ANSWERS.map((name) => [name, jsonSchema(name, "output")]),
      ]),
    },
  };
  return made;
}
