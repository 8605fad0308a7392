/** What is for sale. Every change writes its event in the same transaction. */
import { randomUUID } from "node:crypto";

import { Problem, notFound } from "../utils/problems.js";
import { addEvent } from "./outbox.js";

/** @typedef {import("./schemas.js").ItemValue} ItemValue */
/** @typedef {import("./schemas.js").NewItemValue} NewItemValue */
/** @typedef {import("./schemas.js").ItemChangeValue} ItemChangeValue */

/** @param {any} row @returns {ItemValue} */
const fromRow = (row) => ({
  id: row.id,
  title: row.title,
  description: row.description,
  priceCents: row.price_cents,
  currency: row.currency,
  owner: row.owner,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

/** @param {{priceCents: number, currency: string}} item */
const price = ({ priceCents, currency }) => `${(priceCents / 100).toFixed(2)} ${currency}`;

export class Items {
  /** @param {import("../utils/database.js").Database} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * @param {{limit: number, before: string | undefined}} page before: the sequence at which the page before it ended
   * @returns {Promise<{items: ItemValue[], last: string | null}>} last: where to go on, null when that was all
   */
  async list({ limit, before }) {
    const rows = await this.database.query(
      "SELECT * FROM items WHERE $1::bigint IS NULL OR sequence < $1 ORDER BY sequence DESC LIMIT $2",
      [before ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    return { items: shown.map(fromRow), last: rows.length > limit ? String(shown.at(-1).sequence) : null };
  }

  /** @param {string} id */
  async find(id) {
    const [row] = await this.database.query("SELECT * FROM items WHERE id = $1", [id]);
    return row === undefined ? undefined : fromRow(row);
  }

  /**
   * @param {string} owner
   * @param {NewItemValue} item
   */
  async create(owner, item) {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query(
        `INSERT INTO items (id, owner, title, description, price_cents, currency)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
        [randomUUID(), owner, item.title, item.description, item.priceCents, item.currency],
      );
      const made = fromRow(rows[0]);
      await addEvent(client, {
        type: "item.created",
        subject: made.id,
        actor: owner,
        summary: `offered "${made.title}" for ${price(made)}`,
      });
      return made;
    });
  }

  /**
   * @param {string} id
   * @param {string} caller
   * @param {ItemChangeValue} change
   */
  async update(id, caller, change) {
    return this.database.transaction(async (client) => {
      await own(client, id, caller);
      const { rows } = await client.query(
        `UPDATE items SET title = coalesce($2, title), description = coalesce($3, description),
                price_cents = coalesce($4, price_cents), currency = coalesce($5, currency), updated_at = now()
         WHERE id = $1 RETURNING *`,
        [id, change.title ?? null, change.description ?? null, change.priceCents ?? null, change.currency ?? null],
      );
      const changed = fromRow(rows[0]);
      await addEvent(client, {
        type: "item.updated",
        subject: id,
        actor: caller,
        summary: `changed "${changed.title}", now ${price(changed)}`,
      });
      return changed;
    });
  }

  /**
   * @param {string} id
   * @param {string} caller
   */
  async remove(id, caller) {
    await this.database.transaction(async (client) => {
      const item = await own(client, id, caller);
      await client.query("DELETE FROM items WHERE id = $1", [id]);
      await addEvent(client, {
        type: "item.deleted",
        subject: id,
        actor: caller,
        summary: `took back "${item.title}"`,
      });
    });
  }
}

/**
 * The item, locked, when the caller may change it.
 *
 * @param {import("pg").PoolClient} client
 * @param {string} id
 * @param {string} caller
 */
async function own(client, id, caller) {
  const { rows } = await client.query("SELECT * FROM items WHERE id = $1 FOR UPDATE", [id]);
  if (rows[0] === undefined) throw notFound("item");
  const item = fromRow(rows[0]);
  if (item.owner !== caller) throw new Problem(403, "only its owner may change an item");
  return item;
}
