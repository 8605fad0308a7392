/**
 * What SES says it has taken. A worker that dies after SES took a mail and before it wrote that down leaves a claim that
 * looks unsent; SES tells of each mail through a queue as well, and so the next worker learns of it.
 */
import { setTimeout as pause } from "node:timers/promises";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Message } from "@aws-sdk/client-sqs";
import type { Logger } from "pino";
import { Type } from "typebox";
import { Value } from "typebox/value";

/** The most that SQS hands out at once. */
const BATCH = 10;
const LISTEN_SECONDS = 20;
/** With any wait SQS asks all of its servers, so that an empty answer means that nothing is there. */
const LOOK_SECONDS = 1;
const TROUBLE_MILLISECONDS = 5_000;

const Sent = Type.Object({
  eventType: Type.Literal("Send"),
  mail: Type.Object({
    messageId: Type.String({ minLength: 1, maxLength: 200 }),
    tags: Type.Object({ order: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1 }) }),
  }),
});

export interface Sending {
  readonly orderId: string;
  readonly messageId: string;
}

/** The order of an event of SES, or undefined when it is none of a mail that was taken. */
export function sendingOf(body: string | undefined): Sending | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body ?? "");
  } catch {
    return undefined;
  }
  if (!Value.Check(Sent, event)) return undefined;
  return { orderId: event.mail.tags.order[0] as string, messageId: event.mail.messageId };
}

/** Writes down that a mail was sent. */
type Confirm = (sending: Sending) => Promise<void>;

export class Receipts {
  readonly #queue: Pick<SQSClient, "send">;
  readonly #url: string;
  readonly #confirm: Confirm;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #listening: Promise<void> = Promise.resolve();

  constructor(url: string, confirm: Confirm, log: Logger, queue: Pick<SQSClient, "send"> = new SQSClient({})) {
    this.#queue = queue;
    this.#url = url;
    this.#confirm = confirm;
    this.#log = log;
  }

  /** Writes receipts down as they come, until it is closed. */
  listen(): void {
    this.#listening = this.#listen();
  }

  /** Resolves when all receipts that were there are written down; rejects when the queue or the store does not answer. */
  async caughtUp(): Promise<void> {
    while ((await this.#take(LOOK_SECONDS)) > 0);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#take(LISTEN_SECONDS);
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ reason: (error as Error).message }, "receipts wait: their queue or the database is away");
        await pause(TROUBLE_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** How many there were. One that cannot be read stays in the queue, which puts it aside after some tries. */
  async #take(waitSeconds: number): Promise<number> {
    const wanted = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: waitSeconds,
    });
    const { Messages = [] } = await this.#queue.send(wanted, { abortSignal: this.#closing.signal });
    const done: Message[] = [];
    for (const message of Messages) {
      const sending = sendingOf(message.Body);
      if (sending) {
        await this.#confirm(sending);
        done.push(message);
      } else this.#log.warn({ message: message.MessageId }, "this is no receipt of a mail");
    }
    if (done.length > 0) {
      const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.#queue.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }));
    }
    return Messages.length;
  }
}
