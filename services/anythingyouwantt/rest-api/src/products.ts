/** What is for sale: /api/products. */
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { sql } from "kysely";
import type { Selectable } from "kysely";
import { ProblemError } from "./problems.ts";
import { IdParams, NewProduct, problemAnswer, Product, ProductChange, Products } from "./schemas.ts";
import type { ProductRow, Store } from "./tables.ts";

const FOREIGN_KEY = "23503";

/** Products with what is left of them: pending orders count as taken. */
function products(store: Store) {
  return store
    .selectFrom("products")
    .selectAll("products")
    .select((of) =>
      of
        .selectFrom("orders")
        .select(sql<number>`coalesce(sum(quantity), 0)::int`.as("sum"))
        .whereRef("orders.product_id", "=", "products.id")
        .where("orders.status", "!=", "failed")
        .as("taken"),
    );
}

function shown(row: Selectable<ProductRow> & { taken: number | null }): Product {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    priceCents: row.price_cents,
    stock: row.stock,
    left: Math.max(0, row.stock - (row.taken ?? 0)),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

const unknown = (id: string) => new ProblemError(404, "unknown-product", `there is no product ${id}`);

async function one(store: Store, id: string): Promise<Product> {
  const row = await products(store).where("products.id", "=", id).executeTakeFirst();
  if (!row) throw unknown(id);
  return shown(row);
}

export function productRoutes(store: Store): FastifyPluginAsyncTypebox {
  return async (app) => {
    const tags = ["products"];
    app.get(
      "/products",
      { schema: { tags, summary: "all products by name", response: { 200: Products } } },
      async () => {
        const rows = await products(store).orderBy("name").orderBy("id").execute();
        return { products: rows.map(shown) };
      },
    );

    const single = { tags, params: IdParams, response: { 200: Product, "4xx": problemAnswer } };
    app.get("/products/:id", { schema: { ...single, summary: "one product" } }, ({ params }) => one(store, params.id));

    app.post(
      "/products",
      {
        schema: { tags, summary: "add a product", body: NewProduct, response: { 201: Product, "4xx": problemAnswer } },
      },
      async ({ body }, reply) => {
        const { name, description = "", priceCents, stock } = body;
        const values = { name, description, price_cents: priceCents, stock };
        const { id } = await store.insertInto("products").values(values).returning("id").executeTakeFirstOrThrow();
        reply.code(201).header("location", `/api/products/${id}`);
        return one(store, id);
      },
    );

    app.patch(
      "/products/:id",
      { schema: { ...single, summary: "change a product", body: ProductChange } },
      async ({ params, body }) => {
        const { priceCents, ...same } = body;
        const change = { ...same, ...(priceCents !== undefined && { price_cents: priceCents }) };
        const found = await store
          .updateTable("products")
          .set({ ...change, updated_at: new Date() })
          .where("id", "=", params.id)
          .returning("id")
          .executeTakeFirst();
        if (!found) throw unknown(params.id);
        return one(store, params.id);
      },
    );

    app.delete(
      "/products/:id",
      {
        schema: {
          tags,
          summary: "take a product out that nobody has ordered",
          params: IdParams,
          response: { 204: Type.Null(), "4xx": problemAnswer },
        },
      },
      async ({ params }, reply) => {
        const gone = await store
          .deleteFrom("products")
          .where("id", "=", params.id)
          .returning("id")
          .executeTakeFirst()
          .catch((error: { code?: string }) => {
            if (error.code !== FOREIGN_KEY) throw error;
            throw new ProblemError(409, "ordered-product", "the product has orders: delete them first");
          });
        if (!gone) throw unknown(params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
