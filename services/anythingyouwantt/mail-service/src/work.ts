/** Carries one order out: claim, send, confirm, answer. Each step may be the last before the process is killed. */
import { SpanKind } from "@opentelemetry/api";
import type { Logger } from "pino";
import { claim, confirm, giveBack, refuse } from "./deliveries.ts";
import type { Outcome, Store } from "./deliveries.ts";
import type { Answer, OrderJob } from "./jobs.ts";
import { mailFor } from "./mails.ts";
import { inSpan, traceparentOf } from "./platform/telemetry.ts";
import { NotSentError } from "./senders.ts";
import type { Sender } from "./senders.ts";

/** Another worker holds the order's claim: look again in so many milliseconds. */
export class HeldError extends Error {
  override name = "HeldError";
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`another worker's for ${milliseconds} ms more`);
    this.milliseconds = milliseconds;
  }
}

export interface Tools {
  readonly store: Store;
  readonly send: Sender;
  readonly answer: (answer: Answer) => Promise<unknown>;
  readonly log: Logger;
  /** This worker's name on its claims. */
  readonly worker: string;
  readonly leaseSeconds: number;
}

/** Safe to run any number of times for one order. Throws HeldError, or what to try again for. */
export async function carryOut(tools: Tools, order: OrderJob): Promise<Outcome> {
  const { orderId, requestId, traceId } = order;
  const claimed = await claim(tools.store, order, tools.worker, tools.leaseSeconds);
  if (claimed.kind === "held") throw new HeldError(claimed.milliseconds);
  const outcome = claimed.kind === "done" ? claimed.outcome : await deliver(tools, order, claimed.outcome);
  const traceparent = traceparentOf();
  await tools.answer({ orderId, ...outcome, requestId, traceId, ...(traceparent !== undefined && { traceparent }) });
  tools.log.info({ orderId, requestId, traceId, ...outcome, again: claimed.kind === "done" }, "order carried out");
  return outcome;
}

async function deliver({ store, send, worker }: Tools, order: OrderJob, outcome: Outcome): Promise<Outcome> {
  let messageId: string;
  try {
    messageId = await inSpan("mail send", { kind: SpanKind.CLIENT }, () => send(mailFor(order, outcome), order.orderId));
  } catch (error) {
    // Whether the mail left is unknown: the claim stays, and its lease is the time in which a confirmation may come.
    if (!(error instanceof NotSentError)) throw error;
    if (error.final) return refuse(store, order.orderId, "the mail address was refused");
    await giveBack(store, order.orderId, worker);
    throw error;
  }
  await confirm(store, order.orderId, messageId);
  return outcome;
}
