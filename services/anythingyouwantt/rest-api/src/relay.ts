/** Takes the jobs of new orders out of the outbox and puts them into the queue, until each has its answer. */
import { sql } from "kysely";
import type { Queue } from "bullmq";
import type { Logger } from "pino";
import type { Store } from "./tables.ts";

const BATCH = 50;
const TICK_MILLISECONDS = 1_000;
const LONGEST_RESEND_SECONDS = 600;

/** Kept by the queue until its last attempt failed, and then for people to look at. */
export const JOB_OPTIONS = {
  attempts: 8,
  backoff: { type: "exponential", delay: 1_000, jitter: 0.3 },
  removeOnComplete: true,
  removeOnFail: false,
} as const;

/**
 * Sends what is due, at most a batch of it; returns how many. A job is due at once, and again after `resendSeconds`
 * (twice as long each time) while no answer came: a queue that lost everything gets it back. The queue knows a job by
 * its order, so that one still there is not doubled.
 */
export async function relayOnce(store: Store, queue: Queue, resendSeconds: number): Promise<number> {
  return store.transaction().execute(async (transaction) => {
    const due = await transaction
      .selectFrom("outbox")
      .select(["order_id", "job"])
      .where("next_at", "<=", sql<Date>`now()`)
      .orderBy("next_at")
      .limit(BATCH)
      .forUpdate()
      .skipLocked()
      .execute();
    if (due.length === 0) return 0;
    await queue.addBulk(
      due.map(({ order_id, job }) => ({ name: "order", data: job, opts: { ...JOB_OPTIONS, jobId: order_id } })),
    );
    const pause = sql`least(${resendSeconds}::int * 2 ^ least(attempts, 20), ${LONGEST_RESEND_SECONDS})`;
    await transaction
      .updateTable("outbox")
      .set({
        attempts: sql`attempts + 1`,
        next_at: sql`now() + make_interval(secs => ${pause})`,
      })
      .where(
        "order_id",
        "in",
        due.map(({ order_id }) => order_id),
      )
      .execute();
    return due.length;
  });
}

/** Runs the relay until it is stopped; `wake` makes it look at once. */
export class Relay {
  private readonly log: Logger;
  private readonly send: () => Promise<number>;
  private waker: (() => void) | undefined;
  private woken = false;
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(log: Logger, send: () => Promise<number>) {
    this.log = log;
    this.send = send;
    this.running = this.run();
  }

  wake(): void {
    this.woken = true;
    this.waker?.();
  }

  /** Resolves when the batch in hand is sent. */
  stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    return this.running;
  }

  private async run(): Promise<void> {
    let troubled = false;
    while (!this.stopping) {
      this.woken = false;
      try {
        const sent = await this.send();
        if (sent > 0) this.log.info({ sent }, "jobs sent");
        if (troubled) this.log.info("the relay works again");
        troubled = false;
        if (sent === BATCH) continue;
      } catch (error) {
        if (!troubled) this.log.warn({ reason: (error as Error).message }, "the relay cannot send: it tries on");
        troubled = true;
        this.woken = false;
      }
      await this.pause();
    }
  }

  private async pause(): Promise<void> {
    if (this.woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TICK_MILLISECONDS);
      this.waker = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.waker = undefined;
  }
}
