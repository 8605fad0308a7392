import assert from "node:assert/strict";
import { test } from "node:test";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { pino } from "pino";
import { Receipts, sendingOf } from "../src/receipts.ts";
import type { Sending } from "../src/receipts.ts";
import { readSettings } from "../src/settings.ts";

const ORDER = "0b9c8f6e-0000-4000-8000-000000000001";
const SILENT = pino({ level: "silent" });

function event(orderId: string, messageId: string, eventType = "Send"): string {
  return JSON.stringify({ eventType, mail: { messageId, tags: { order: [orderId], "ses:configuration-set": ["dev"] } } });
}

/** A queue in memory, as far as this service uses one; what it does not prove: that SQS and SES are like it. */
class MemoryQueue {
  bodies: Map<string, string>;
  waits: (number | undefined)[] = [];

  constructor(bodies: readonly string[]) {
    this.bodies = new Map(bodies.map((body, index) => [`handle-${index}`, body]));
  }

  send(command: unknown): Promise<unknown> {
    if (command instanceof ReceiveMessageCommand) {
      this.waits.push(command.input.WaitTimeSeconds);
      const there = [...this.bodies].slice(0, command.input.MaxNumberOfMessages);
      return Promise.resolve({ Messages: there.map(([ReceiptHandle, Body]) => ({ ReceiptHandle, Body })) });
    }
    assert.ok(command instanceof DeleteMessageBatchCommand);
    for (const { ReceiptHandle } of command.input.Entries ?? []) this.bodies.delete(ReceiptHandle ?? "");
    return Promise.resolve({});
  }
}

function receipts(queue: MemoryQueue, confirm: (sending: Sending) => Promise<void>): Receipts {
  return new Receipts("http://queue", confirm, SILENT, queue as unknown as Pick<SQSClient, "send">);
}

test("an event of a mail that SES took names its order and its id", () => {
  assert.deepEqual(sendingOf(event(ORDER, "ses-1")), { orderId: ORDER, messageId: "ses-1" });
});

const NONE: [what: string, body: string | undefined][] = [
  ["no body", undefined],
  ["no JSON", "{"],
  ["a bounce", event(ORDER, "ses-1", "Bounce")],
  ["a mail without an order", JSON.stringify({ eventType: "Send", mail: { messageId: "ses-1", tags: {} } })],
];
for (const [what, body] of NONE) {
  test(`${what} is no receipt`, () => {
    assert.equal(sendingOf(body), undefined);
  });
}

test("all that lies in the queue is written down before a claim is taken over", async () => {
  const bodies = Array.from({ length: 23 }, (_, index) => event(ORDER, `ses-${index}`));
  const queue = new MemoryQueue(bodies);
  const found: string[] = [];
  await receipts(queue, async ({ messageId }) => void found.push(messageId)).caughtUp();
  assert.deepEqual(
    found,
    bodies.map((_, index) => `ses-${index}`),
  );
  assert.equal(queue.bodies.size, 0);
  assert.deepEqual(queue.waits, [1, 1, 1, 1]);
});

test("a receipt that could not be written down stays in the queue, and the claim is not taken over", async () => {
  const queue = new MemoryQueue([event(ORDER, "ses-1")]);
  const away = receipts(queue, () => Promise.reject(new Error("the database is away")));
  await assert.rejects(away.caughtUp(), /the database is away/);
  assert.equal(queue.bodies.size, 1);
});

test("the address of the receipts' queue is checked at the start", () => {
  assert.throws(() => readSettings({ MAIL_FROM: "a@b", RECEIPTS_QUEUE_URL: "receipts" }), /RECEIPTS_QUEUE_URL must be/);
  assert.equal(readSettings({ MAIL_FROM: "a@b" }).receiptsUrl, undefined);
  assert.equal(readSettings({ MAIL_FROM: "a@b", RECEIPTS_QUEUE_URL: "https://q/1/r" }).receiptsUrl, "https://q/1/r");
});
