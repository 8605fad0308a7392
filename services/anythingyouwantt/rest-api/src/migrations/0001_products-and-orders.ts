/** Products, orders and the outbox. */
import type { MigrationBuilder } from "node-pg-migrate";

export function up(migrate: MigrationBuilder): void {
  const id = { type: "uuid", primaryKey: true, default: migrate.func("gen_random_uuid()") };
  const now = { type: "timestamptz", notNull: true, default: migrate.func("now()") };
  migrate.createTable("products", {
    id,
    name: { type: "text", notNull: true },
    description: { type: "text", notNull: true, default: "" },
    price_cents: { type: "integer", notNull: true, check: "price_cents >= 0" },
    stock: { type: "integer", notNull: true, check: "stock >= 0" },
    created_at: now,
    updated_at: now,
  });
  migrate.createType("order_status", ["pending", "fulfilled", "failed"]);
  migrate.createTable(
    "orders",
    {
      id,
      product_id: { type: "uuid", notNull: true, references: "products", onDelete: "RESTRICT" },
      quantity: { type: "integer", notNull: true, check: "quantity > 0" },
      unit_price_cents: { type: "integer", notNull: true },
      email: { type: "text", notNull: true },
      note: { type: "text" },
      status: { type: "order_status", notNull: true, default: "pending" },
      reason: { type: "text" },
      created_at: now,
      updated_at: now,
    },
    { constraints: { check: "(status = 'failed') = (reason IS NOT NULL)" } },
  );
  migrate.createIndex("orders", [
    { name: "created_at", sort: "DESC" },
    { name: "id", sort: "DESC" },
  ]);
  migrate.createIndex("orders", "product_id");
  migrate.createTable("outbox", {
    order_id: { type: "uuid", primaryKey: true, references: "orders", onDelete: "CASCADE" },
    job: { type: "jsonb", notNull: true },
    attempts: { type: "integer", notNull: true, default: 0 },
    next_at: now,
  });
  migrate.createIndex("outbox", "next_at");
}

export function down(migrate: MigrationBuilder): void {
  migrate.dropTable("outbox");
  migrate.dropTable("orders");
  migrate.dropType("order_status");
  migrate.dropTable("products");
}
