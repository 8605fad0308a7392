/** What comes out of the queue of orders, and what goes into that of answers. */
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Static } from "typebox";

const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
/** One line: a subject or an address with a line break in it would be a second header. */
const LINE = "^[^\\u0000-\\u001f\\u007f]+$";

export const OrderJob = Type.Object({
  orderId: Type.String({ pattern: UUID }),
  productId: Type.String({ pattern: UUID }),
  productName: Type.String({ maxLength: 120, pattern: LINE }),
  unitPriceCents: Type.Integer({ minimum: 0 }),
  stock: Type.Integer({ minimum: 0 }),
  quantity: Type.Integer({ minimum: 1, maximum: 1_000 }),
  email: Type.String({ maxLength: 254, pattern: '^[^\\s@<>",;:()\\\\]+@[A-Za-z0-9.-]+$' }),
  requestId: Type.String({ maxLength: 64, pattern: LINE }),
  traceId: Type.String({ maxLength: 64, pattern: LINE }),
  traceparent: Type.Optional(Type.String({ maxLength: 64, pattern: LINE })),
});
export type OrderJob = Static<typeof OrderJob>;

export interface Answer {
  readonly orderId: string;
  readonly status: "fulfilled" | "failed";
  readonly reason: string | null;
  readonly requestId: string;
  readonly traceId: string;
  /** The W3C header of the work on the order: the answer is a part of the same trace. */
  readonly traceparent?: string;
}

/** The job's data, or undefined when it does not have an order's shape. */
export function orderOf(data: unknown): OrderJob | undefined {
  return Value.Check(OrderJob, data) ? data : undefined;
}
