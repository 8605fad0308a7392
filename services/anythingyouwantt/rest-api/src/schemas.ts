/** The shapes that go in and out: requests are checked by them, and the OpenAPI document is made of them. */
import { Type } from "typebox";
import type { Static } from "typebox";

/** One line of text with something in it: no control character, so no second header line and no NUL. */
const LINE = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$";
const LINES = "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$";
const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
const EMAIL = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\\.)+[A-Za-z]{2,63}$";

const closed = { additionalProperties: false } as const;

export const Id = Type.String({ pattern: UUID, description: "a UUID" });
export const IdParams = Type.Object({ id: Id }, closed);

const name = Type.String({ minLength: 1, maxLength: 120, pattern: LINE });
const description = Type.String({ maxLength: 1_000, pattern: LINES });
const priceCents = Type.Integer({ minimum: 0, maximum: 10_000_000 });
const stock = Type.Integer({
  minimum: 0,
  maximum: 1_000_000,
  description: "pieces supplied in all, sold ones included",
});
const quantity = Type.Integer({ minimum: 1, maximum: 100 });
const email = Type.String({ minLength: 6, maxLength: 254, pattern: EMAIL });
const note = Type.Union([Type.String({ maxLength: 500, pattern: LINES }), Type.Null()]);
const time = Type.String({ format: "date-time" });

export const NewProduct = Type.Object({ name, description: Type.Optional(description), priceCents, stock }, closed);
export const ProductChange = Type.Object(
  {
    name: Type.Optional(name),
    description: Type.Optional(description),
    priceCents: Type.Optional(priceCents),
    stock: Type.Optional(stock),
  },
  { ...closed, minProperties: 1 },
);
export const Product = Type.Object({
  id: Id,
  name: Type.String(),
  description: Type.String(),
  priceCents: Type.Integer(),
  stock: Type.Integer(),
  left: Type.Integer({ description: "pieces that no order has taken" }),
  createdAt: time,
  updatedAt: time,
});
export const Products = Type.Object({ products: Type.Array(Product) });

export const NewOrder = Type.Object({ productId: Id, quantity, email, note: Type.Optional(note) }, closed);
export const OrderChange = Type.Object({ note }, closed);
export const Order = Type.Object({
  id: Id,
  productId: Id,
  productName: Type.String(),
  quantity: Type.Integer(),
  totalCents: Type.Integer(),
  email: Type.String({ description: "shortened in lists: they are everybody's" }),
  note: Type.Union([Type.String(), Type.Null()]),
  status: Type.Enum(["pending", "fulfilled", "failed"]),
  reason: Type.Union([Type.String(), Type.Null()], { description: "why a failed order failed" }),
  createdAt: time,
  updatedAt: time,
});
export const Orders = Type.Object({
  orders: Type.Array(Order),
  next: Type.Union([Type.String(), Type.Null()], { description: "`before` of the next page; null on the last" }),
});
export const OrdersQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })), before: Type.Optional(Id) },
  closed,
);

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    reason: Type.String({ description: "one word for programs" }),
    requestId: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
  },
  { description: "a problem document (RFC 9457)" },
);

/** How a route's answers that are problems are declared. */
export const problemAnswer = {
  description: "a problem document (RFC 9457)",
  content: { "application/problem+json": { schema: Problem } },
};

export type NewProduct = Static<typeof NewProduct>;
export type ProductChange = Static<typeof ProductChange>;
export type Product = Static<typeof Product>;
export type NewOrder = Static<typeof NewOrder>;
export type Order = Static<typeof Order>;
