import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { cents, price } from "../src/lib/format";
import { account, list, network, open, product } from "./fake";

test("lists are shown by whose they are, and the next page on demand", async () => {
  const second = list({ id: "l2", title: "Garden", role: "guest", owner: { name: "Bob" } });
  const sent = network({
    "GET /lists": () => [200, { items: [list({ products: 1 })], next: "more" }],
    "GET /lists?cursor=more": () => [200, { items: [second], next: null }],
  });
  const user = userEvent.setup();
  open("/", account(true));
  const mine = await screen.findByRole("list", { name: "My lists" });
  expect(within(mine).getByRole("link").textContent).toContain("1 product");
  await user.click(screen.getByRole("button", { name: "Show more" }));
  const others = await screen.findByRole("list", { name: "Shared with me" });
  expect(within(others).getByRole("link").getAttribute("href")).toBe("/shared/l2");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  expect(sent[0]?.headers).toMatchObject({ Authorization: "Bearer token-1" });
});

test("when the network is down it says so, and tries again", async () => {
  const answers: Parameters<typeof network>[0] = {};
  network(answers);
  const user = userEvent.setup();
  open("/", account(true));
  expect((await screen.findByRole("alert")).textContent).toContain("There is no connection: try again.");
  answers["GET /lists"] = () => [200, { items: [], next: null }];
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No list yet")).toBeTruthy();
});

test("a list is made, and a product put on it with its price in cents", async () => {
  const lamp = product({ id: "p2", name: "Lamp", priceCents: 1999, currency: "EUR" });
  const sent = network({
    "GET /lists": () => [200, { items: [], next: null }],
    "POST /lists": () => [201, list({})],
    "GET /lists/l1": () => [200, list({})],
    "POST /lists/l1/products": () => [201, lamp],
  });
  const user = userEvent.setup();
  open("/", account(true));
  await user.click(await screen.findByRole("button", { name: "New list" }));
  await user.type(screen.getByLabelText(/Title/), "Wedding");
  await user.click(screen.getByRole("button", { name: "Create" }));
  await user.click(await screen.findByRole("button", { name: "Add product" }));
  const dialog = await screen.findByRole("dialog", { name: "New product" });
  await user.type(within(dialog).getByLabelText(/Name/), "Lamp");
  await user.type(within(dialog).getByLabelText(/Price/), "19,99");
  await user.click(within(dialog).getByRole("button", { name: "Add" }));
  expect(await screen.findByText("Lamp is on the list.")).toBeTruthy();
  const made = sent.filter((one) => one.method === "POST");
  expect(made.map((one) => one.body)).toEqual([
    { title: "Wedding" },
    { name: "Lamp", quantity: 1, priceCents: 1999, currency: "EUR" },
  ]);
  expect(new Set(made.map((one) => one.headers["Idempotency-Key"])).size).toBe(2);
});

test("what the API refuses is said in the dialog, which stays", async () => {
  const problem = { detail: "x", reason: "invalid-input", errors: [{ path: "email", message: "email must match" }] };
  network({
    "GET /lists/l1": () => [200, list({})],
    "GET /lists/l1/guests": () => [200, { guests: [], invitations: [] }],
    "POST /lists/l1/share": () => [422, problem],
  });
  const user = userEvent.setup();
  open("/lists/l1", account(true));
  await user.click(await screen.findByRole("button", { name: "Share" }));
  await user.type(screen.getByLabelText(/E-mail/), "bob@example.com");
  await user.click(screen.getByRole("button", { name: "Send invitation" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Email must match.");
});

test("a guest reserves, gives back, and is told when somebody was quicker", async () => {
  let left = 1;
  const cups = () => product({ quantity: 1, available: left, reservedByMe: 1 - left });
  network({
    "GET /shared/l1": () => [200, list({ role: "guest", items: [cups()] })],
    "POST /lists/l1/products/p1/reserve": () => {
      if (left === 0) return [409, { detail: "0 of it are left, 1 were asked for", reason: "sold-out", errors: [] }];
      left = 0;
      return [201, cups()];
    },
    "DELETE /lists/l1/products/p1/reserve": () => {
      left = 1;
      return [200, cups()];
    },
  });
  const user = userEvent.setup();
  open("/shared/l1", account(true));
  await user.click(await screen.findByRole("button", { name: "Reserve Cups" }));
  expect(await screen.findByText("1 reserved by you")).toBeTruthy();
  expect((screen.getByRole("button", { name: "Reserve Cups" }) as HTMLButtonElement).disabled).toBe(true);
  await user.click(screen.getByRole("button", { name: "Give back Cups" }));
  expect(await screen.findByText("1 of 1 left")).toBeTruthy();
  left = 0;
  await user.click(screen.getByRole("button", { name: "Reserve Cups" }));
  expect((await screen.findByRole("alert")).textContent).toContain("0 of it are left, 1 were asked for.");
  await waitFor(() => expect(screen.getByText("All reserved")).toBeTruthy());
});

test("an invitation is accepted and leads to the list", async () => {
  network({
    "GET /invitations/t": () => [200, { listId: "l1", title: "Wedding", owner: { name: "Ada" } }],
    "POST /invitations/t/accept": () => [200, { listId: "l1" }],
    "GET /shared/l1": () => [200, list({ role: "guest" })],
  });
  const user = userEvent.setup();
  open("/invitations/t", account(true));
  await user.click(await screen.findByRole("button", { name: "Accept" }));
  expect(await screen.findByText("From Ada")).toBeTruthy();
});

test("a page that does not exist leads back", async () => {
  open("/nothing", account(true));
  expect((await screen.findByRole("link", { name: "To my lists" })).getAttribute("href")).toBe("/");
});

test("prices are read with a point or a comma, and written in their currency", () => {
  expect([cents("19,99"), cents("20"), cents("5.5"), cents("x"), cents("1.234")]).toEqual([
    1999,
    2000,
    550,
    undefined,
    undefined,
  ]);
  expect(price(1999, "EUR")).toContain("19.99");
  expect(price(1999, "no currency")).toBe("19.99 no currency");
});
