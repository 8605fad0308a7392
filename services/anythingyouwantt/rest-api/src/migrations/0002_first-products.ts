/** Something to order from the first minute on. */
import type { MigrationBuilder } from "node-pg-migrate";

const PRODUCTS: readonly [name: string, description: string, priceCents: number, stock: number][] = [
  ["Lantern", "Brass, for a tea light. Does well in wind.", 2_450, 400],
  ["Picnic blanket", "Wool on one side, waterproof on the other. 150 by 200 centimetres.", 5_900, 250],
  ["Enamel mug", "White with a blue rim, 350 millilitres.", 1_200, 1_000],
  ["Pocket telescope", "Eight times, folds to the size of a pen. The last few.", 8_900, 3],
  ["Weather house", "The woman is out when it is dry, the man when it rains.", 3_300, 60],
];

export async function up(migrate: MigrationBuilder): Promise<void> {
  for (const product of PRODUCTS) {
    await migrate.db.query("INSERT INTO products (name, description, price_cents, stock) VALUES ($1, $2, $3, $4)", [
      ...product,
    ]);
  }
}

/** Orders may name the products: they stay. */
export function down(): void {}
