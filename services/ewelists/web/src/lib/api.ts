/** The API's calls and what they answer. */

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly brand: string | null;
  readonly url: string | null;
  readonly imageUrl: string | null;
  readonly priceCents: number | null;
  readonly currency: string | null;
  readonly quantity: number;
  readonly available: number;
  /** How many the caller has reserved; only in lists as guests see them. */
  readonly reservedByMe?: number;
}

export interface List {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly occasion: Occasion | null;
  readonly date: string | null;
  readonly role: "owner" | "guest";
  readonly owner: { readonly name: string };
  readonly products: number;
  readonly guests?: number;
}

export type Occasion = "birthday" | "christmas" | "wedding" | "baby" | "other";
export type ListWithProducts = List & Page<Product>;

export interface Page<T> {
  readonly items: readonly T[];
  /** What to ask for the next page with; null at the end. */
  readonly next: string | null;
}

export interface ListFields {
  title: string;
  description?: string;
  occasion?: Occasion;
  date?: string;
}

export interface ProductFields {
  name: string;
  brand?: string;
  url?: string;
  imageUrl?: string;
  priceCents?: number;
  currency?: string;
  quantity: number;
}

export interface Guests {
  readonly guests: readonly { readonly id: string; readonly name: string }[];
  readonly invitations: readonly { readonly email: string; readonly createdAt: string }[];
}

export interface Me {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface Invitation {
  readonly listId: string;
  readonly title: string;
  readonly owner: { readonly name: string };
}

/** The API refused, or did not answer. */
export class ApiError extends Error {
  constructor(
    /** 0 when there was no answer. */
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

const TIMEOUT_MILLISECONDS = 20_000;

export class Api {
  constructor(
    private readonly base: string,
    private readonly token: () => Promise<string | undefined>,
  ) {}

  me = (): Promise<Me> => this.call("GET", "/me");
  rename = (name: string): Promise<Me> => this.call("PUT", "/me", { name });
  deleteAccount = (): Promise<void> => this.call("DELETE", "/me");

  lists = (cursor: string | null): Promise<Page<List>> => this.call("GET", `/lists${after(cursor)}`);
  addList = (fields: ListFields): Promise<List> => this.call("POST", "/lists", fields);
  list = (id: string, cursor: string | null): Promise<ListWithProducts> =>
    this.call("GET", `/lists/${id}${after(cursor)}`);
  changeList = (id: string, fields: ListFields): Promise<List> => this.call("PUT", `/lists/${id}`, fields);
  deleteList = (id: string): Promise<void> => this.call("DELETE", `/lists/${id}`);

  addProduct = (list: string, fields: ProductFields): Promise<Product> =>
    this.call("POST", `/lists/${list}/products`, fields);
  changeProduct = (list: string, id: string, fields: ProductFields): Promise<Product> =>
    this.call("PUT", `/lists/${list}/products/${id}`, fields);
  deleteProduct = (list: string, id: string): Promise<void> => this.call("DELETE", `/lists/${list}/products/${id}`);
  reserve = (list: string, id: string): Promise<Product> =>
    this.call("POST", `/lists/${list}/products/${id}/reserve`, { quantity: 1 });
  release = (list: string, id: string): Promise<Product> =>
    this.call("DELETE", `/lists/${list}/products/${id}/reserve`);

  share = (list: string, email: string): Promise<unknown> => this.call("POST", `/lists/${list}/share`, { email });
  guests = (list: string): Promise<Guests> => this.call("GET", `/lists/${list}/guests`);
  removeGuest = (list: string, guest: string): Promise<void> => this.call("DELETE", `/lists/${list}/guests/${guest}`);
  shared = (id: string, cursor: string | null): Promise<ListWithProducts> =>
    this.call("GET", `/shared/${id}${after(cursor)}`);
  leave = (id: string): Promise<void> => this.call("DELETE", `/shared/${id}`);
  invitation = (token: string): Promise<Invitation> => this.call("GET", `/invitations/${encodeURIComponent(token)}`);
  accept = (token: string): Promise<{ listId: string }> =>
    this.call("POST", `/invitations/${encodeURIComponent(token)}/accept`);

  private async call<T>(method: string, path: string, body?: object): Promise<T> {
    const token = await this.token();
    if (token === undefined) throw new ApiError(401, "signed-out", "You are signed out: sign in again.");
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    // A request that is sent again by the network, or by an impatient hand, creates once.
    if (method === "POST") headers["Idempotency-Key"] = crypto.randomUUID();
    let answer: Response;
    try {
      answer = await fetch(this.base + path, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ApiError(0, "unreachable", "There is no connection: try again.");
    }
    if (answer.status === 204) return undefined as T;
    const given: unknown = await answer.json().catch(() => ({}));
    if (!answer.ok) throw refusal(answer.status, given as Record<string, unknown>);
    return given as T;
  }
}

function after(cursor: string | null): string {
  return cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
}

function refusal(status: number, given: Record<string, unknown>): ApiError {
  const errors = given["errors"] as { message: string }[] | undefined;
  const detail = errors?.[0]?.message ?? given["detail"];
  const message = typeof detail === "string" ? sentence(detail) : "Something went wrong: try again.";
  return new ApiError(status, typeof given["reason"] === "string" ? given["reason"] : "failed", message);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
