import { requireScope } from "../middleware/authenticate.js";
import { valid } from "../middleware/validate.js";
import { ItemChange, ItemPath, NewItem, Page } from "../models/schemas.js";
import { notFound } from "../utils/problems.js";

/** @typedef {import("../app.js").Parts} Parts */
/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */

const WRITE = "items:write";

/** @param {Pick<Parts, "items" | "cachedItems" | "relay" | "authenticate" | "logger">} parts */
export function itemsController({ items, cachedItems, relay, authenticate, logger }) {
  /** @param {Request} request */
  async function writer(request) {
    const caller = await authenticate(request);
    requireScope(caller, WRITE);
    return caller;
  }

  async function changed() {
    await cachedItems
      .invalidate()
      .catch((error) => logger.warn({ error: String(error) }, "the cache was not told, the relay will"));
    relay.wake();
  }

  return {
    /**
     * GET /v1/items: a page of items, newest first.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async list(request, response) {
      const { limit, cursor } = valid(Page, request.query, "query");
      const { items: page, last } = await cachedItems.list({ limit, before: cursor });
      response.json({ items: page, nextCursor: last });
    },

    /**
     * GET /v1/items/{id}: one item.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async find(request, response) {
      const { id } = valid(ItemPath, request.params, "path");
      const item = await cachedItems.find(id);
      if (item === undefined) throw notFound("item");
      response.json(item);
    },

    /**
     * POST /v1/items: offer an item.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async create(request, response) {
      const caller = await writer(request);
      const item = await items.create(caller.userId, valid(NewItem, request.body));
      await changed();
      response.status(201).location(`/v1/items/${item.id}`).json(item);
    },

    /**
     * PATCH /v1/items/{id}: change an item of one's own.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async update(request, response) {
      const caller = await writer(request);
      const { id } = valid(ItemPath, request.params, "path");
      const item = await items.update(id, caller.userId, valid(ItemChange, request.body));
      await changed();
      response.json(item);
    },

    /**
     * DELETE /v1/items/{id}: take an item of one's own back.
     *
     * @param {Request} request
     * @param {Response} response
     */
    async remove(request, response) {
      const caller = await writer(request);
      const { id } = valid(ItemPath, request.params, "path");
      await items.remove(id, caller.userId);
      await changed();
      response.status(204).end();
    },
  };
}
