/** What became of each order, and of its mail. */
import type { MigrationBuilder } from "node-pg-migrate";

export function up(migrate: MigrationBuilder): void {
  migrate.createTable(
    "deliveries",
    {
      order_id: { type: "uuid", primaryKey: true },
      product_id: { type: "uuid", notNull: true },
      quantity: { type: "integer", notNull: true, check: "quantity > 0" },
      status: { type: "text", notNull: true, check: "status IN ('fulfilled', 'failed')" },
      reason: { type: "text" },
      confirmed_at: { type: "timestamptz" },
      message_id: { type: "text" },
      claimed_by: { type: "text", notNull: true },
      lease_until: { type: "timestamptz", notNull: true },
      claims: { type: "integer", notNull: true, default: 1 },
    },
    { constraints: { check: "(status = 'failed') = (reason IS NOT NULL)" } },
  );
  migrate.createIndex("deliveries", "product_id");
}

export function down(migrate: MigrationBuilder): void {
  migrate.dropTable("deliveries");
}
