/** Carries one order out: claim, send, confirm, answer. Each step may be the last before the process is killed. */
import { SpanKind } from "@opentelemetry/api";
import type { Logger } from "pino";
import { claim, confirm, giveBack, refuse } from "./deliveries.ts";
import type { Claim, Outcome, Store } from "./deliveries.ts";
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
  /** Resolves when all that is known of mails sent by workers that died is in the store. */
  readonly caughtUp: () => Promise<void>;
  readonly answer: (answer: Answer) => Promise<unknown>;
  readonly log: Logger;
  /** This worker's name on its claims. */
  readonly worker: string;
  readonly leaseSeconds: number;
}

/** Safe to run any number of times for one order. Throws HeldError, or what to try again for. */
export async function carryOut(tools: Tools, order: OrderJob): Promise<Outcome> {
  const { orderId, requestId, traceId } = order;
  const claimed = await claimedBy(tools, order);
  const outcome = claimed.kind === "done" ? claimed.outcome : await deliver(tools, order, claimed.outcome);
  const traceparent = traceparentOf();
  await tools.answer({ orderId, ...outcome, requestId, traceId, ...(traceparent !== undefined && { traceparent }) });
  tools.log.info({ orderId, requestId, traceId, ...outcome, again: claimed.kind === "done" }, "order carried out");
  return outcome;
}

/** A claim that lapsed is taken over only when nothing is known of its mail. */
async function claimedBy(tools: Tools, order: OrderJob): Promise<Exclude<Claim, { kind: "held" | "lapsed" }>> {
  const { store, worker, leaseSeconds } = tools;
  let found = await claim(store, order, { worker, leaseSeconds, takeOver: false });
  if (found.kind === "lapsed") {
    await tools.caughtUp();
    found = await claim(store, order, { worker, leaseSeconds, takeOver: true });
  }
  if (found.kind === "won" || found.kind === "done") return found;
  throw new HeldError(found.kind === "held" ? found.milliseconds : 0);
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
