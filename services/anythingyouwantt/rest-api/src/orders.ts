/** Orders and the way to their fulfilment: /api/orders. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Selectable } from "kysely";
import type { Trail } from "./platform/logs.ts";
import { ProblemError } from "./problems.ts";
import { IdParams, NewOrder, Order, OrderChange, Orders, OrdersQuery, problemAnswer } from "./schemas.ts";
import type { OrderRow, Store } from "./tables.ts";

function orders(store: Store) {
  return store
    .selectFrom("orders")
    .innerJoin("products", "products.id", "orders.product_id")
    .selectAll("orders")
    .select("products.name as product_name");
}

function shown(row: Selectable<OrderRow> & { product_name: string }): Order {
  return {
    id: row.id,
    productId: row.product_id,
    productName: row.product_name,
    quantity: row.quantity,
    totalCents: row.quantity * row.unit_price_cents,
    email: row.email,
    note: row.note,
    status: row.status,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The address as others may see it: `ada@example.com` is `a…@example.com`. */
export function shortened(email: string): string {
  return email.replace(/^(.).*@/, "$1…@");
}

const unknown = (id: string) => new ProblemError(404, "unknown-order", `there is no order ${id}`);

async function one(store: Store, id: string): Promise<Order> {
  const row = await orders(store).where("orders.id", "=", id).executeTakeFirst();
  if (!row) throw unknown(id);
  return shown(row);
}

/** Writes the order and its job in one transaction: neither is ever there without the other. */
export async function place(store: Store, wanted: NewOrder, trail: Trail): Promise<Order> {
  const { productId, quantity, email, note = null } = wanted;
  return store.transaction().execute(async (transaction) => {
    const product = await transaction.selectFrom("products").selectAll().where("id", "=", productId).executeTakeFirst();
    if (!product) {
      const errors = [{ pointer: "/body/productId", detail: "is no product" }];
      throw new ProblemError(422, "unknown-product", `there is no product ${productId}`, errors);
    }
    const row = await transaction
      .insertInto("orders")
      .values({ product_id: product.id, quantity, email, note, unit_price_cents: product.price_cents })
      .returningAll()
      .executeTakeFirstOrThrow();
    const job = {
      orderId: row.id,
      productId: product.id,
      productName: product.name,
      unitPriceCents: product.price_cents,
      stock: product.stock,
      quantity,
      email,
      ...trail,
    };
    await transaction
      .insertInto("outbox")
      .values({ order_id: row.id, job: JSON.stringify(job) })
      .execute();
    return shown({ ...row, product_name: product.name });
  });
}

/** One page, newest first, of the orders placed before that of the given id. */
async function page(
  store: Store,
  limit: number,
  before: string | undefined,
): Promise<{ orders: Order[]; next: string | null }> {
  let query = orders(store).orderBy("orders.created_at", "desc").orderBy("orders.id", "desc");
  if (before !== undefined) {
    query = query.where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple("orders.created_at", "orders.id"),
        "<",
        selectFrom("orders as last")
          .select(["last.created_at", "last.id"])
          .where("last.id", "=", before)
          .$asTuple("created_at", "id"),
      ),
    );
  }
  const rows = await query.limit(limit + 1).execute();
  const shownRows = rows.slice(0, limit).map((row) => ({ ...shown(row), email: shortened(row.email) }));
  return { orders: shownRows, next: rows.length > limit ? (shownRows.at(-1)?.id ?? null) : null };
}

/** `placed` is told of each new order, so that its job leaves at once. */
export function orderRoutes(store: Store, placed: () => void): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ["orders"];
    const single = { tags, params: IdParams, response: { 200: Order, "4xx": problemAnswer } };

    app.post(
      "/orders",
      { schema: { tags, summary: "place an order", body: NewOrder, response: { 201: Order, "4xx": problemAnswer } } },
      async (request, reply) => {
        const order = await place(store, request.body, request.trail);
        placed();
        return reply.code(201).header("location", `/api/orders/${order.id}`).send(order);
      },
    );

    app.get(
      "/orders",
      {
        schema: {
          tags,
          summary: "orders, newest first, a page at a time",
          querystring: OrdersQuery,
          response: { 200: Orders, "4xx": problemAnswer },
        },
      },
      ({ query }) => page(store, query.limit ?? 50, query.before),
    );

    app.get("/orders/:id", { schema: { ...single, summary: "one order" } }, ({ params }) => one(store, params.id));

    app.patch(
      "/orders/:id",
      { schema: { ...single, summary: "change an order's note", body: OrderChange } },
      async ({ params, body }) => {
        await store
          .updateTable("orders")
          .set({ note: body.note, updated_at: new Date() })
          .where("id", "=", params.id)
          .execute();
        return one(store, params.id);
      },
    );

    app.delete(
      "/orders/:id",
      {
        schema: {
          tags,
          summary: "delete an order that is not pending",
          params: IdParams,
          response: { 204: Type.Null(), "4xx": problemAnswer },
        },
      },
      async ({ params }, reply) => {
        const gone = await store
          .deleteFrom("orders")
          .where("id", "=", params.id)
          .where("status", "!=", "pending")
          .returning("id")
          .executeTakeFirst();
        if (!gone) {
          await one(store, params.id);
          throw new ProblemError(409, "pending-order", "the order is being carried out: delete it afterwards");
        }
        return reply.code(204).send(null);
      },
    );
  };
}
