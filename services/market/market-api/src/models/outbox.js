/**
 * Events that leave with the transaction they tell of: written with it, handed to the queue by the relay afterwards.
 */
import { randomUUID } from "node:crypto";

import { currentRequestId } from "../utils/context.js";
import { traceparent } from "../utils/telemetry.js";

/**
 * @typedef {object} MarketEvent
 * @property {string} id consumers drop an id they have seen: the queue may deliver twice
 * @property {"item.created" | "item.updated" | "item.deleted"} type
 * @property {string} at
 * @property {string} subject
 * @property {string} actor
 * @property {string} summary
 * @property {string} requestId
 */

/**
 * @param {import("pg").PoolClient} client inside the transaction
 * @param {Pick<MarketEvent, "type" | "subject" | "actor" | "summary">} told
 */
export async function addEvent(client, { type, subject, actor, summary }) {
  const event = {
    id: randomUUID(),
    type,
    at: new Date().toISOString(),
    subject,
    actor,
    summary,
    requestId: currentRequestId(),
  };
  await client.query("INSERT INTO outbox (event, traceparent) VALUES ($1, $2)", [event, traceparent() ?? null]);
}

/** @typedef {{sequence: string, event: MarketEvent, traceparent: string | null}} OutboxRow */

/**
 * Take the oldest events that no other task holds, and delete those that were handed over.
 *
 * @param {import("../utils/database.js").Database} database
 * @param {number} most
 * @param {(rows: OutboxRow[]) => Promise<Set<string>>} handOver answers the sequences that arrived
 * @returns {Promise<{taken: number, sent: number}>}
 */
export async function drain(database, most, handOver) {
  return database.transaction(async (client) => {
    const { rows } = await client.query(
      "SELECT sequence, event, traceparent FROM outbox ORDER BY sequence LIMIT $1 FOR UPDATE SKIP LOCKED",
      [most],
    );
    if (rows.length === 0) return { taken: 0, sent: 0 };
    const arrived = await handOver(rows);
    await client.query("DELETE FROM outbox WHERE sequence = ANY($1::bigint[])", [[...arrived]]);
    return { taken: rows.length, sent: arrived.size };
  });
}

/** @param {import("../utils/database.js").Database} database */
export async function pendingEvents(database) {
  const [row] = await database.query("SELECT count(*)::integer AS pending FROM outbox");
  return row.pending;
}
