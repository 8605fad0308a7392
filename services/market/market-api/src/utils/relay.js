/** Hands the outbox to the queue: at least once, in order within a task, again and again while the queue is away. */
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";

import { drain, pendingEvents } from "../models/outbox.js";
import { untraced } from "./telemetry.js";

/** The most that SQS takes at once. */
const BATCH = 10;
const IDLE_MILLISECONDS = 1_000;
const MOST_MILLISECONDS = 30_000;

/**
 * @typedef {object} RelayParts
 * @property {import("./database.js").Database} database
 * @property {Pick<import("@aws-sdk/client-sqs").SQSClient, "send">} queue
 * @property {string} queueUrl
 * @property {() => Promise<void>} beforeSending told before events leave, again when it or the queue failed
 * @property {import("./metrics.js").Metrics} metrics
 * @property {import("./logger.js").Logger} logger
 */

export class Relay {
  #parts;
  #stopped = false;
  #wake = () => {};
  /** @type {Promise<void>} */
  #running = Promise.resolve();

  /** @param {RelayParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  start() {
    this.#running = untraced(() => this.#run());
  }

  /** Something was written: look now rather than at the next turn. */
  wake() {
    this.#wake();
  }

  async stop() {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #run() {
    let pause = IDLE_MILLISECONDS;
    while (!this.#stopped) {
      try {
        const { taken, sent } = await this.turn();
        pause = sent < taken ? Math.min(pause * 2, MOST_MILLISECONDS) : IDLE_MILLISECONDS;
        if (taken === BATCH && sent === taken) continue;
      } catch (error) {
        pause = Math.min(pause * 2, MOST_MILLISECONDS);
        this.#parts.logger.warn({ error: String(error) }, "events wait: the queue or the database does not answer");
      }
      await this.#sleep(pause);
    }
  }

  /** One batch; answers how many were there to take, and how many arrived. */
  async turn() {
    const { database, metrics } = this.#parts;
    const result = await drain(database, BATCH, (rows) => this.#send(rows));
    metrics.pending.set(await pendingEvents(database));
    return result;
  }

  /**
   * @param {import("../models/outbox.js").OutboxRow[]} rows
   */
  async #send(rows) {
    const { queue, queueUrl, beforeSending, metrics, logger } = this.#parts;
    await beforeSending();
    const answer = await queue.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: rows.map(entry) }));
    for (const { Id, Code } of answer.Failed ?? [])
      logger.warn({ sequence: Id, code: Code }, "the queue refused an event");
    const arrived = new Set((answer.Successful ?? []).map(({ Id }) => String(Id)));
    metrics.published.inc({ result: "sent" }, arrived.size);
    metrics.published.inc({ result: "failed" }, rows.length - arrived.size);
    return arrived;
  }

  /** @param {number} milliseconds */
  async #sleep(milliseconds) {
    if (this.#stopped) return;
    await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }
}

/**
 * @param {import("../models/outbox.js").OutboxRow} row
 */
function entry({ sequence, event, traceparent }) {
  return {
    Id: String(sequence),
    MessageBody: JSON.stringify(event),
    ...(traceparent === null
      ? {}
      : { MessageAttributes: { traceparent: { DataType: "String", StringValue: traceparent } } }),
  };
}
