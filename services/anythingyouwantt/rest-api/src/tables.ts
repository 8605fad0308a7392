/** The tables of the service's own database, as the migrations make them. */
import { Kysely, PostgresDialect } from "kysely";
import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Database } from "./platform/database.ts";

type Timestamp = ColumnType<Date, string | undefined, Date | string>;

export interface ProductRow {
  id: Generated<string>;
  name: string;
  description: string;
  price_cents: number;
  stock: number;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface OrderRow {
  id: Generated<string>;
  product_id: string;
  quantity: number;
  unit_price_cents: number;
  email: string;
  note: string | null;
  status: Generated<"pending" | "fulfilled" | "failed">;
  reason: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** An order that waits for its answer; `job` is what the queue gets. */
export interface OutboxRow {
  order_id: string;
  job: JSONColumnType<OrderJob>;
  attempts: Generated<number>;
  next_at: Timestamp;
}

export interface Tables {
  products: ProductRow;
  orders: OrderRow;
  outbox: OutboxRow;
}

/** The job that asks the mail service to carry an order out. */
export interface OrderJob {
  readonly orderId: string;
  readonly productId: string;
  readonly productName: string;
  readonly unitPriceCents: number;
  /** Pieces of the product supplied in all, when the order was placed. */
  readonly stock: number;
  readonly quantity: number;
  readonly email: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly traceparent?: string;
}

export type Store = Kysely<Tables>;

export function openStore(database: Database): Store {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: database }) });
}
