/**
 * The service's memory of orders, in its own database: an order is claimed, its mail sent, and the sending confirmed.
 * A claim holds for its lease; a worker that dies in the middle leaves it behind, and the next one takes it over then.
 */
import { Kysely, PostgresDialect, sql } from "kysely";
import type { ColumnType, Generated } from "kysely";
import type { Database } from "./platform/database.ts";
import type { OrderJob } from "./jobs.ts";

export type Outcome =
  { readonly status: "fulfilled"; readonly reason: null } | { readonly status: "failed"; readonly reason: string };

interface DeliveryRow {
  order_id: string;
  product_id: string;
  quantity: number;
  status: "fulfilled" | "failed";
  reason: string | null;
  /** When the mail was sent; null while that is not known. */
  confirmed_at: Date | null;
  message_id: string | null;
  claimed_by: string;
  lease_until: ColumnType<Date, Date | string, Date | string>;
  claims: Generated<number>;
}

export type Store = Kysely<{ deliveries: DeliveryRow }>;

/**
 * `won`: the mail is this worker's to send. `held`: another worker's, for some milliseconds more. `lapsed`: was another
 * worker's, who may have sent it. `done`: it was sent.
 */
export type Claim =
  | { readonly kind: "won"; readonly outcome: Outcome }
  | { readonly kind: "held"; readonly milliseconds: number }
  | { readonly kind: "lapsed" }
  | { readonly kind: "done"; readonly outcome: Outcome };

export function openStore(database: Database): Store {
  return new Kysely({ dialect: new PostgresDialect({ pool: database }) });
}

/**
 * Decides what becomes of the order, once and for all, and claims its mail for `worker`; a claim that lapsed only if
 * `takeOver` is set. Orders of one product are decided one after the other, so that no piece is promised twice.
 */
export async function claim(
  store: Store,
  order: OrderJob,
  { worker, leaseSeconds, takeOver }: { worker: string; leaseSeconds: number; takeOver: boolean },
): Promise<Claim> {
  return store.transaction().execute(async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${order.productId}, 0))`.execute(transaction);
    const known = await transaction
      .selectFrom("deliveries")
      .selectAll()
      .select(sql<number>`greatest(0, extract(epoch from lease_until - now()) * 1000)::int`.as("held"))
      .where("order_id", "=", order.orderId)
      .forUpdate()
      .executeTakeFirst();
    const lease_until = sql<Date>`now() + make_interval(secs => ${leaseSeconds}::int)`;
    if (!known) {
      const outcome = await decide(transaction, order);
      const { orderId: order_id, productId: product_id, quantity } = order;
      await transaction
        .insertInto("deliveries")
        .values({ order_id, product_id, quantity, ...outcome, claimed_by: worker, lease_until: sql`${lease_until}` })
        .execute();
      return { kind: "won", outcome };
    }
    const outcome = { status: known.status, reason: known.reason } as Outcome;
    if (known.confirmed_at !== null) return { kind: "done", outcome };
    if (known.held > 0) return { kind: "held", milliseconds: known.held };
    if (!takeOver) return { kind: "lapsed" };
    await transaction
      .updateTable("deliveries")
      .set({ claimed_by: worker, lease_until, claims: sql`claims + 1` })
      .where("order_id", "=", order.orderId)
      .execute();
    return { kind: "won", outcome };
  });
}

/** The stock decides: pieces supplied, less those of orders that were fulfilled or are being so. */
async function decide(transaction: Store, order: OrderJob): Promise<Outcome> {
  const { taken } = await transaction
    .selectFrom("deliveries")
    .select(sql<number>`coalesce(sum(quantity), 0)::int`.as("taken"))
    .where("product_id", "=", order.productId)
    .where("status", "=", "fulfilled")
    .executeTakeFirstOrThrow();
  const left = Math.max(0, order.stock - taken);
  if (order.quantity <= left) return { status: "fulfilled", reason: null };
  return { status: "failed", reason: left === 0 ? "sold out" : `only ${left} left` };
}

/** The mail was sent: nobody sends it again. Said twice, the first stays. */
export async function confirm(store: Store, orderId: string, messageId: string): Promise<void> {
  await store
    .updateTable("deliveries")
    .set({ confirmed_at: sql`now()`, message_id: messageId })
    .where("order_id", "=", orderId)
    .where("confirmed_at", "is", null)
    .execute();
}

/** The mail was surely not sent, and may be tried again at once; only the claim's owner gives it back. */
export async function giveBack(store: Store, orderId: string, worker: string): Promise<void> {
  await store
    .updateTable("deliveries")
    .set({ lease_until: sql`now()` })
    .where("order_id", "=", orderId)
    .where("claimed_by", "=", worker)
    .where("confirmed_at", "is", null)
    .execute();
}

/** The mail can never be sent: the order has failed, its pieces are free again, and no mail is tried any more. */
export async function refuse(store: Store, orderId: string, reason: string): Promise<Outcome> {
  await store
    .updateTable("deliveries")
    .set({ status: "failed", reason, confirmed_at: sql`now()` })
    .where("order_id", "=", orderId)
    .execute();
  return { status: "failed", reason };
}
