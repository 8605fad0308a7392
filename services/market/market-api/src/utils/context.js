/** What belongs to the request under way, for logs, events and traces, without being handed through every call. */
import { AsyncLocalStorage } from "node:async_hooks";

/** @typedef {{requestId: string, traceId?: string}} RequestContext */

/** @type {AsyncLocalStorage<RequestContext>} */
export const requestContext = new AsyncLocalStorage();

/** The id of the request under way; "none" outside of one. */
export const currentRequestId = () => requestContext.getStore()?.requestId ?? "none";
