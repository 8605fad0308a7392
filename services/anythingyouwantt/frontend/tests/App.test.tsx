import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { App, ordersPause } from "../src/App";
import type { Order, Product } from "../src/api";

const MUG: Product = { id: "mug", name: "Mug", description: "White.", priceCents: 1_200, left: 9 };
const GONE: Product = { id: "gone", name: "Lamp", description: "", priceCents: 100, left: 0 };
const ORDER: Order = {
  id: "one",
  productName: "Mug",
  quantity: 2,
  totalCents: 2_400,
  email: "a…@example.com",
  status: "pending",
  reason: null,
  createdAt: "2026-01-02T03:04:05Z",
};

/** An API in the page's own memory: what it was sent, and what it answers. */
function stubApi(state: { products?: Product[]; orders?: Order[]; down?: boolean; refuse?: number }) {
  const sent: unknown[] = [];
  const reply = (body: unknown, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", (address: string, options: RequestInit = {}) => {
    if (state.down) return Promise.reject(new TypeError("failed"));
    if (options.method === "POST") {
      sent.push(JSON.parse(String(options.body)));
      if (state.refuse) return reply({ errors: [{ pointer: "/body/email" }] }, state.refuse);
      state.orders = [ORDER];
      return reply({ ...ORDER, email: "ada@example.com" }, 201);
    }
    return reply(
      address.startsWith("/api/products") ? { products: state.products ?? [] } : { orders: state.orders ?? [] },
    );
  });
  return sent;
}

async function fillIn(quantity: string): Promise<void> {
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Order Mug" }));
  await user.clear(screen.getByLabelText("Quantity"));
  await user.type(screen.getByLabelText("Quantity"), quantity);
  await user.type(screen.getByLabelText("Email"), "ada@example.com");
  await user.click(screen.getByRole("button", { name: "Order for €24.00" }));
}

test("an order placed by the form is sent once and shows up as pending", async () => {
  const sent = stubApi({ products: [MUG] });
  render(<App />);
  await fillIn("2");
  await screen.findByText("Ordered: 2 × Mug. A mail tells you when it is on its way.");
  const row = (await screen.findByText("Pending")).closest("li") as HTMLElement;
  expect(within(row).getByRole("heading").textContent).toBe("2 × Mug");
  expect(sent).toEqual([{ productId: "mug", quantity: 2, email: "ada@example.com" }]);
});

test("a refused address is said in words, and the form keeps what was typed", async () => {
  stubApi({ products: [MUG], refuse: 400 });
  render(<App />);
  await fillIn("2");
  await screen.findByText("This is no mail address we can write to.");
  expect(screen.getByLabelText<HTMLInputElement>("Email").value).toBe("ada@example.com");
});

test("empty lists say so", async () => {
  stubApi({});
  render(<App />);
  await screen.findByText("Nothing is for sale at the moment.");
  await screen.findByText("No orders yet. Yours could be the first.");
});

test("an unreachable shop is said, and can be tried again", async () => {
  const state: Parameters<typeof stubApi>[0] = { products: [MUG], down: true };
  stubApi(state);
  render(<App />);
  expect(screen.getAllByRole("status").map(({ textContent }) => textContent)).toContain(" Loading products…");
  const [first] = await screen.findAllByText("The shop cannot be reached. Check your connection.");
  state.down = false;
  await userEvent.click(within(first?.closest("[role=alert]") as HTMLElement).getByRole("button"));
  await screen.findByRole("button", { name: "Order Mug" });
});

test("a failed order says why, and a product that is sold out cannot be chosen", async () => {
  stubApi({ products: [GONE], orders: [{ ...ORDER, status: "failed", reason: "sold out" }] });
  render(<App />);
  await screen.findByText("Not filled: sold out.");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Order Lamp" }).disabled).toBe(true);
});

test("orders on their way are looked at more often than a quiet list", () => {
  expect([ordersPause([ORDER]), ordersPause([{ ...ORDER, status: "failed" }]), ordersPause(undefined)]).toEqual([
    1_500, 15_000, 15_000,
  ]);
});
