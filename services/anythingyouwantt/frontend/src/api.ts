/** The calls to the rest-api, which is at /api of the page's own address. */

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly priceCents: number;
  readonly left: number;
}

export interface Order {
  readonly id: string;
  readonly productName: string;
  readonly quantity: number;
  readonly totalCents: number;
  readonly email: string;
  readonly status: "pending" | "fulfilled" | "failed";
  readonly reason: string | null;
  readonly createdAt: string;
}

export interface NewOrder {
  readonly productId: string;
  readonly quantity: number;
  readonly email: string;
}

const PATIENCE_MILLISECONDS = 15_000;

/** What went wrong, in words for the person at the page. */
export class CallError extends Error {
  override name = "CallError";
}

async function call<Shape>(path: string, body?: unknown): Promise<Shape> {
  let answer: Response;
  try {
    answer = await fetch(`/api${path}`, {
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      ...(body !== undefined && {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
  } catch {
    throw new CallError("The shop cannot be reached. Check your connection.");
  }
  if (answer.ok) return (await answer.json()) as Shape;
  throw new CallError(await refusal(answer));
}

async function refusal(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as { errors?: { pointer: string }[] };
  if (problem.errors?.some(({ pointer }) => pointer.endsWith("/email")))
    return "This is no mail address we can write to.";
  if (answer.status === 422) return "This product is no longer for sale.";
  if (answer.status < 500) return "The shop could not read the order. Check the form.";
  return "The shop has a problem at the moment. Try again in a minute.";
}

export async function fetchProducts(): Promise<Product[]> {
  return (await call<{ products: Product[] }>("/products")).products;
}

export async function fetchOrders(): Promise<Order[]> {
  return (await call<{ orders: Order[] }>("/orders?limit=20")).orders;
}

export function placeOrder(order: NewOrder): Promise<Order> {
  return call<Order>("/orders", order);
}

const MONEY = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

export function money(cents: number): string {
  return MONEY.format(cents / 100);
}
