import { render } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { vi } from "vitest";
import { App } from "../src/components/App";
import { Themed } from "../src/components/Themed";
import type { Account } from "../src/lib/account";
import { Api, type ListWithProducts, type Product } from "../src/lib/api";

/** An account that does what it is asked, signed in or not. */
export function account(signedIn: boolean) {
  let known = signedIn;
  return {
    isSignedIn: vi.fn(async () => known),
    token: vi.fn(async () => (known ? "token-1" : undefined)),
    signUp: vi.fn(async () => undefined),
    confirm: vi.fn(async () => undefined),
    sendCodeAgain: vi.fn(async () => undefined),
    signIn: vi.fn(async (): Promise<"done" | "unconfirmed"> => {
      known = true;
      return "done";
    }),
    forgetPassword: vi.fn(async () => undefined),
    setPassword: vi.fn(async () => undefined),
    signOut: vi.fn(async () => {
      known = false;
    }),
  } satisfies Account;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

type Answers = Record<string, (sent: Sent) => [status: number, body?: unknown]>;

/** Answers of the API by "METHOD /path"; what was sent is kept. An address that is not there is a network that is down. */
export function network(answers: Answers): Sent[] {
  const all: Sent[] = [];
  vi.stubGlobal(
    "fetch",
    vi.fn(async (url: string, options: RequestInit = {}) => {
      const path = url.replace("/api", "");
      const body: unknown = options.body === undefined ? undefined : JSON.parse(String(options.body));
      const sent = { method: options.method ?? "GET", path, body, headers: options.headers as Record<string, string> };
      all.push(sent);
      const answer = answers[`${sent.method} ${path}`];
      if (!answer) throw new TypeError("failed to fetch");
      const [status, given] = answer(sent);
      return new Response(given === undefined ? null : JSON.stringify(given), { status });
    }),
  );
  return all;
}

/** The whole page at an address. */
export function open(address: string, who: ReturnType<typeof account>) {
  const api = new Api("/api", () => who.token());
  return render(
    <Themed>
      <MemoryRouter initialEntries={[address]}>
        <App account={who} api={api} />
      </MemoryRouter>
    </Themed>,
  );
}

export function product(fields: Partial<Product>): Product {
  const none = { brand: null, url: null, imageUrl: null, priceCents: null, currency: null };
  return { id: "p1", name: "Cups", ...none, quantity: 2, available: 2, ...fields };
}

export function list(fields: Partial<ListWithProducts>): ListWithProducts {
  const none = { description: null, occasion: null, date: null };
  const empty = { products: 0, items: [], next: null };
  return { id: "l1", title: "Wedding", ...none, role: "owner", owner: { name: "Ada" }, ...empty, ...fields };
}
