/**
 * The service on a real Postgres and a real Redis, and small receivers in the place of SQS, Secrets Manager, Sentry and
 * the collector.
 */
import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { gunzipSync } from "node:zlib";

import pg from "pg";

import { migrate } from "../../src/migrate.js";
import { startService } from "../../src/service.js";
import { createLogger } from "../../src/utils/logger.js";
import { readSettings } from "../../src/utils/settings.js";

const { TEST_DATABASE_URL: server, TEST_CACHE_URL: cacheUrl } = process.env;
if (!server || !cacheUrl)
  throw new Error("set TEST_DATABASE_URL (a role that may create databases) and TEST_CACHE_URL");

export const CACHE_URL = cacheUrl;
const PATIENCE_MILLISECONDS = 60_000;

/** @param {string} text */
export async function administer(text) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A database of its own with the service's tables; `drop` takes it away again. */
export async function freshDatabase() {
  const name = `market_test_${randomUUID().replaceAll("-", "")}`;
  await administer(`CREATE DATABASE ${name}`);
  const address = new URL(/** @type {string} */ (server));
  address.pathname = `/${name}`;
  await migrate({ connectionString: address.href });
  return {
    name,
    url: address.href,
    /** @param {string} text @param {unknown[]} [values] */
    async query(text, values) {
      const client = new pg.Client({ connectionString: address.href });
      await client.connect();
      try {
        return (await client.query(text, values)).rows;
      } finally {
        await client.end();
      }
    },
    drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/**
 * A receiver on a free port of this machine.
 *
 * @param {(request: import("node:http").IncomingMessage, body: Buffer) => {status?: number, json?: unknown}} answer
 */
export async function receiver(answer) {
  const http = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const { status = 200, json = {} } = answer(
      request,
      request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw,
    );
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(json));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (http.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      http.closeAllConnections();
      http.close();
    },
  };
}

/** SQS and Secrets Manager, as much of them as the service calls. */
export async function fakeAws() {
  const state = {
    /** @type {any[]} */ messages: [],
    /** @type {Record<string, unknown>} */ secrets: {},
    secretReads: 0,
    queueIsAway: false,
  };
  const { url, close } = await receiver((request, body) => {
    const sent = JSON.parse(body.toString());
    if (String(request.headers["x-amz-target"]).endsWith("GetSecretValue")) {
      state.secretReads += 1;
      return { json: { ARN: sent.SecretId, SecretString: JSON.stringify(state.secrets[sent.SecretId]) } };
    }
    if (state.queueIsAway) return { status: 503, json: { __type: "ServiceUnavailable" } };
    for (const { MessageBody, MessageAttributes } of sent.Entries) {
      state.messages.push({ ...JSON.parse(MessageBody), traceparent: MessageAttributes?.traceparent?.StringValue });
    }
    const Successful = sent.Entries.map((/** @type {any} */ { Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
    }));
    return { json: { Successful, Failed: [] } };
  });
  process.env["AWS_ENDPOINT_URL"] = url;
  process.env["AWS_REGION"] = "eu-west-1";
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  return { state, url, close };
}

const keyFolder = mkdtempSync(join(tmpdir(), "market-api-"));
const keyFile = join(keyFolder, "signing-key.json");
process.on("exit", () => rmSync(keyFolder, { recursive: true, force: true }));

/**
 * A running service.
 *
 * @param {Record<string, string>} environment over the defaults
 */
export async function serve(environment) {
  /** @type {string[]} */
  const log = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk));
      done();
    },
  });
  const settings = readSettings({
    PORT: "0",
    NODE_ENV: "test",
    CACHE_URL,
    CACHE_PREFIX: `test-${randomUUID()}`,
    SIGNING_KEY_FILE: keyFile,
    TOKEN_ISSUER: "http://market.test",
    EVENTS_QUEUE_URL: `${process.env["AWS_ENDPOINT_URL"]}/000000000000/events`,
    CORS_ORIGINS: "http://shop.test",
    RATE_LIMIT_PER_MINUTE: "0",
    SESSION_RATE_LIMIT_PER_MINUTE: "0",
    ...environment,
  });
  const service = await startService(settings, createLogger({ level: "debug", destination }));
  return { ...service, log, settings, call: caller(service.address) };
}

/**
 * @param {string} address
 */
function caller(address) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {{body?: unknown, token?: string | undefined, headers?: Record<string, string>}} [options] a body that is a
   *   text is sent as it is
   */
  return async (method, path, { body, token, headers = {} } = {}) => {
    const response = await fetch(address + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    /** @type {any} */
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  };
}

/** @typedef {Awaited<ReturnType<typeof serve>>["call"]} Call */

/**
 * A new account, signed in.
 *
 * @param {Call} call
 */
export async function newcomer(call) {
  const email = `${randomUUID()}@example.com`;
  const password = "correct horse battery";
  const user = (await call("POST", "/v1/users", { body: { email, password } })).json;
  const session = (await call("POST", "/v1/sessions", { body: { email, password } })).json;
  return { email, password, id: user.id, token: session.accessToken, refreshToken: session.refreshToken };
}

export const BICYCLE = { title: "Bicycle", description: "Blue", priceCents: 12_000, currency: "EUR" };

/**
 * Wait until it is so; the last error tells what was not.
 *
 * @template T
 * @param {() => Promise<T> | T} look throws, or answers something falsy, until it is so
 * @returns {Promise<T>}
 */
export async function eventually(look) {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    /** @type {unknown} */
    let reason = "it never became true";
    try {
      const seen = await look();
      if (seen) return seen;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > deadline) throw reason instanceof Error ? reason : new Error(String(reason));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
