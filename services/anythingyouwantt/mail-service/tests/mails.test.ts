import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { serveHealth } from "../src/health.ts";
import { orderOf } from "../src/jobs.ts";
import { mailFor } from "../src/mails.ts";
import { createMetrics } from "../src/platform/metrics.ts";
import { NotSentError, sesError, smtpError } from "../src/senders.ts";
import { readSettings } from "../src/settings.ts";

const ORDER = {
  orderId: "0b9c8f6e-0000-4000-8000-000000000001",
  productId: "0b9c8f6e-0000-4000-8000-000000000002",
  productName: "Mug <b>",
  unitPriceCents: 1_250,
  stock: 3,
  quantity: 2,
  email: "ada@example.com",
  requestId: "request",
  traceId: "trace",
};

test("a fulfilled order's mail names what comes and what it costs, and its page escapes it", () => {
  const mail = mailFor(ORDER, { status: "fulfilled", reason: null });
  assert.equal(mail.to, "ada@example.com");
  assert.equal(mail.subject, "Your order is on its way: Mug <b>");
  assert.match(mail.text, /2 × Mug <b> \(€25\.00\) is on its way to you\./);
  assert.match(mail.html, /2 × Mug &lt;b&gt;/);
});

test("a failed order's mail says why", () => {
  assert.match(
    mailFor(ORDER, { status: "failed", reason: "only 1 left" }).text,
    /2 × Mug <b>: only 1 left\. You pay nothing\./,
  );
});

const BAD: [what: string, change: object][] = [
  ["a header in the address", { email: "ada@example.com\r\nBcc: eve@example.com" }],
  ["two addresses", { email: "ada@example.com,eve@example.com" }],
  ["a line break in the name", { productName: "Mug\nX-Evil: 1" }],
  ["an id that is none", { orderId: "1 OR 1=1" }],
  ["a quantity in words", { quantity: "2" }],
];
for (const [what, change] of BAD) {
  test(`a job with ${what} is no order`, () => {
    assert.equal(orderOf({ ...ORDER, ...change }), undefined);
  });
}

test("a whole job is an order, with or without the trace that it belongs to", () => {
  assert.deepEqual(orderOf(ORDER), ORDER);
  const traced = { ...ORDER, traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
  assert.deepEqual(orderOf(traced), traced);
});

test("the internal port shows life, readiness and what was measured, and nothing else", async () => {
  const metrics = createMetrics();
  metrics.jobs.observe({ queue: "orders", result: "fulfilled" }, 0.2);
  const server = await serveHealth(0, metrics, [async () => undefined]);
  try {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answers = await Promise.all(["/healthz", "/readyz", "/metrics", "/"].map((path) => fetch(`${base}${path}`)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 404],
    );
    assert.match(await (answers[2] as Response).text(), /^job_duration_seconds_count\{queue="orders",result="fulfilled"\} 1$/m);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Whether the mail was surely not sent, and whether it never will be; undefined where that is open. */
function known(error: Error): boolean | undefined {
  return error instanceof NotSentError ? error.final : undefined;
}

test("SES: refusals were not sent, a rejected mail never will be, a lost answer leaves it open", () => {
  const answer = (name: string, httpStatusCode?: number) =>
    sesError(Object.assign(new Error(name), { name, ...(httpStatusCode && { $metadata: { httpStatusCode } }) }));
  assert.equal(known(answer("TooManyRequestsException", 429)), false);
  assert.equal(known(answer("MessageRejected", 400)), true);
  assert.equal(known(answer("InternalServerError", 500)), undefined);
  assert.equal(known(answer("TimeoutError")), undefined);
  assert.equal(known(sesError(Object.assign(new Error("x"), { code: "ECONNREFUSED" }))), false);
});

test("SMTP: replies and missing connections were not sent, a broken connection leaves it open", () => {
  const failure = (fields: object) => smtpError(Object.assign(new Error("x"), fields));
  assert.equal(known(failure({ code: "EENVELOPE", responseCode: 550 })), true);
  assert.equal(known(failure({ code: "EENVELOPE", responseCode: 451 })), false);
  assert.equal(known(failure({ code: "EMESSAGE", responseCode: 554 })), false);
  assert.equal(known(failure({ code: "ESOCKET", syscall: "connect" })), false);
  assert.equal(known(failure({ code: "ESOCKET", syscall: "read" })), undefined);
  assert.equal(known(failure({ code: "ETIMEDOUT", command: "CONN" })), undefined);
  assert.equal(known(failure({ code: "ECONNECTION", responseCode: 421 })), undefined);
});

test("settings that cannot be used are named, and a mail server's password is not told", () => {
  assert.throws(() => readSettings({ MAIL_FROM: "shop\r\n@x" }), /MAIL_FROM must be a mail address/);
  assert.throws(
    () => readSettings({ MAIL_FROM: "a@b", SMTP_URL: "http://u:hunter2@h" }),
    (error: Error) => {
      assert.equal(error.message, "SMTP_URL is not an address of a mail server");
      return true;
    },
  );
  assert.throws(
    () => readSettings({ MAIL_FROM: "a@b", CONCURRENCY: "0" }),
    /CONCURRENCY must be a whole number from 1 to 100/,
  );
});
